using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>A block, as the choice of rings reads it.</summary>
internal sealed class RingBlock
{
    /// <param name="block">The block.</param>
    /// <param name="ops">Its operations, those inside them included.</param>
    /// <param name="isShortened">Which of them give no more than their interval needs.</param>
    public RingBlock(Block block, List<RingOp> ops, Func<Op, bool> isShortened)
    {
        Block = block;
        Parameters = [.. block.Parameters.Select(p => p.Id)];
        Yields = [.. block.Yields];
        Ops = [.. block.Ops.Select(op =>
        {
            RingOp own = new(op, isShortened(op));
            ops.Add(own);
            own.Blocks = [.. op.Blocks.Select(b => new RingBlock(b, ops, isShortened))];
            return own;
        })];
        Inside = [.. Parameters, .. Ops.SelectMany(o => o.Results.Concat(o.Blocks.SelectMany(b => b.Inside)))];
    }

    public Block Block { get; }

    public int[] Parameters { get; }

    public RingOp[] Ops { get; }

    public int[] Yields { get; }

    /// <summary>All values that are defined in this block and the blocks inside it.</summary>
    public int[] Inside { get; }
}
