namespace MPCache.Generator;

/// <summary>The tracked names of the pipeline's steps, by which tests see what an edit made run again.</summary>
internal static class Steps
{
    public const string EntryPoints = nameof(EntryPoints);
    public const string Protocols = nameof(Protocols);
    public const string Residents = nameof(Residents);
    public const string States = nameof(States);
    public const string ReferencedProtocols = nameof(ReferencedProtocols);
    public const string ProtocolTable = nameof(ProtocolTable);
    public const string Closures = nameof(Closures);
    public const string Programs = nameof(Programs);
    public const string ExportedProtocols = nameof(ExportedProtocols);
    public const string Diagnoses = nameof(Diagnoses);
    public const string Reports = nameof(Reports);
}
