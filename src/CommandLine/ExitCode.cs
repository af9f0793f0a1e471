namespace MPCache.Cli;

/// <summary>What the process tells the one that started it.</summary>
internal static class ExitCode
{
    /// <summary>The command did what it was asked for.</summary>
    public const int Done = 0;

    /// <summary>A file, a peer or the network was not as it must be; one line on standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; one line on standard error says where.</summary>
    public const int Usage = 2;

    /// <summary>What was to be no dearer than before is; one line on standard error says by how much.</summary>
    public const int Increased = 3;

    /// <summary>Interrupted before it was done, as shells number it.</summary>
    public const int Interrupted = 130;
}
