using MPCache.Execution;

namespace MPCache.Gates;

/// <summary>
/// Selections that a state keeps from one call to the next. What a role knows of a selection is kept and nothing is sent: a party its part of
/// the order and the revealed positions, the dealer both parts of the order. Gathering under it in a later call is as good as in the same one:
/// pads and masks are those of the later call, and no second order is revealed under the permutation.
/// </summary>
public static partial class Order
{
    /// <summary>
    /// The selection as a state's rows, [rows, groups]: one plane holds a party's part of the order, the other each shuffled row's slot, from
    /// 1, or 0; the dealer holds both parts.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="chosen">The positions revealed under it.</param>
    public static RingValue Stored<TRole>(in Permutation order, in Positions chosen)
        where TRole : IRole
    {
        (int groups, int rows) = (order.Groups, order.Rows);
        ulong[] known = new ulong[groups * rows];
        ulong[] part = new ulong[groups * rows];
        Copy(TRole.IsServer || TRole.IsDealer ? order.First : order.Second, TRole.IsDealer ? known : part, groups, rows);
        if (TRole.IsDealer)
        {
            Copy(order.Second, part, groups, rows);
        }
        else if (chosen.Rows is int[] positions)
        {
            for (int slot = 0; slot < positions.Length; slot++)
            {
                known[(positions[slot] * groups) + (slot / chosen.Count)] = (ulong)(slot % chosen.Count) + 1;
            }
        }

        return new RingValue(known, part, groups * rows);

        static void Copy(int[]? from, ulong[] to, int groups, int rows)
        {
            for (int i = 0; i < groups * rows; i++)
            {
                to[((i % rows) * groups) + (i / rows)] = (ulong)from![i];
            }
        }
    }

    /// <summary>The order of a selection that was kept.</summary>
    /// <param name="stored">The state's rows, as <see cref="Stored"/> made them.</param>
    /// <param name="groups">Groups.</param>
    /// <param name="rows">Rows a group.</param>
    public static Permutation Restored<TRole>(in RingValue stored, int groups, int rows)
        where TRole : IRole
    {
        int[] own = Read(TRole.IsDealer ? stored.A : stored.B, groups, rows);
        if (TRole.IsDealer)
        {
            return new Permutation(own, Read(stored.B, groups, rows), groups, rows);
        }

        // In the clear both parts of an order are the identity.
        return TRole.IsServer && TRole.IsClient ? new Permutation(own, own, groups, rows)
            : TRole.IsServer ? new Permutation(own, null, groups, rows)
            : new Permutation(null, own, groups, rows);

        static int[] Read(ulong[]? plane, int groups, int rows)
        {
            int[] order = new int[groups * rows];
            for (int i = 0; i < order.Length; i++)
            {
                order[i] = (int)plane![((i % rows) * groups) + (i / rows)];
            }

            return order;
        }
    }

    /// <summary>The positions of a selection that was kept.</summary>
    /// <param name="stored">The state's rows, as <see cref="Stored"/> made them.</param>
    /// <param name="order">Its order.</param>
    /// <param name="count">Slots a group.</param>
    /// <exception cref="MPCacheException">The selection has another number of slots.</exception>
    public static Positions RestoredPositions<TRole>(in RingValue stored, in Permutation order, int count)
        where TRole : IRole
    {
        (int groups, int rows) = (order.Groups, order.Rows);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return new Positions(null, groups, count);
        }

        int[] positions = new int[groups * count];
        int found = 0;
        for (int i = 0; i < groups * rows; i++)
        {
            int slot = (int)stored.First[i];
            if (slot > 0 && slot <= count)
            {
                positions[((i % groups) * count) + slot - 1] = i / groups;
                found++;
            }
            else if (slot > count)
            {
                found = -1;
                break;
            }
        }

        return found == positions.Length
            ? new Positions(positions, groups, count)
            : throw new MPCacheException(
                $"the selection that a state keeps has not {count} slots", "Give the number of slots with which it was chosen");
    }
}
