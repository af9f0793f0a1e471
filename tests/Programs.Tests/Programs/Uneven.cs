namespace MPCache.Programs.Tests.Programs;

/// <summary>A program that forgets one of a state's tensors.</summary>
[Dim("layers", Max = 4)]
[Dim("tokens", Max = 64)]
[Dim("dim", Max = 16)]
public static partial class Uneven
{
    [EntryPoint]
    public static Tensor Append(Memory memory, [Owned(Party.Client), Shape("1, dim"), Range(-8, 8)] Tensor row)
    {
        memory.Rows = memory.Rows.Append(row);
        return memory.Rows.Sum(0).Reveal(Party.Client);
    }
}
