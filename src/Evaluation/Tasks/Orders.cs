using System.Linq;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>Orders of the first numbers.</summary>
internal static class Orders
{
    /// <summary>0 to count − 1, in an order that is as likely as any other.</summary>
    public static int[] Shuffled(SeededRandom random, int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = 0; i < count; i++)
        {
            int other = random.Between(i, count - 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
