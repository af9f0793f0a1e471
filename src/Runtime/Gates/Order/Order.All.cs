using MPCache.Execution;

namespace MPCache.Gates;

public static partial class Order
{
    /// <summary>Every row of a shuffled tensor, as it stands there: positions that say nothing.</summary>
    /// <param name="groups">Groups.</param>
    /// <param name="rows">Rows a group.</param>
    public static Positions All<TRole>(int groups, int rows)
        where TRole : IRole
    {
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return new Positions(null, groups, rows);
        }

        int[] all = new int[checked(groups * rows)];
        for (int i = 0; i < all.Length; i++)
        {
            all[i] = i % rows;
        }

        return new Positions(all, groups, rows);
    }
}
