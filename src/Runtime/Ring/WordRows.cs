namespace MPCache.Ring;

/// <summary>
/// Blocks of rows of ring words in memory: word i of row r of block b stands b·<see cref="Over"/> + r·<see cref="Down"/> +
/// i·<see cref="Along"/> words behind the first.
/// </summary>
internal ref struct WordRows
{
    /// <summary>The first word.</summary>
    public ref ulong First;

    /// <summary>Words from one word of a row to the next.</summary>
    public int Along;

    /// <summary>Words from one row to the next.</summary>
    public int Down;

    /// <summary>Words from one block to the next.</summary>
    public int Over;
}
