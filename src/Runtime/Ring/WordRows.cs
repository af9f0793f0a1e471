namespace MPCache.Ring;

/// <summary>Rows of ring words in memory: word i of row r stands r·down + i·along words behind the first.</summary>
internal readonly ref struct WordRows
{
    /// <summary>Describes rows.</summary>
    /// <param name="first">The first word of the first row.</param>
    /// <param name="down">Words from one row to the next.</param>
    /// <param name="along">Words from one word of a row to the next.</param>
    public WordRows(ref ulong first, int down, int along)
    {
        First = ref first;
        (Down, Along) = (down, along);
    }

    /// <summary>The first word of the first row.</summary>
    public readonly ref ulong First;

    /// <summary>Words from one row to the next.</summary>
    public readonly nint Down;

    /// <summary>Words from one word of a row to the next.</summary>
    public readonly nint Along;
}
