using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Serialization;
using MPCache.Bench.Reports;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace MPCache.Bench.Machine;

/// <summary>What was measured on: the head of every report, so that two reports say whether they may be compared.</summary>
/// <param name="Processor">The processor's model.</param>
/// <param name="Cores">Logical processors that the process may use.</param>
/// <param name="Platform">The operating system.</param>
/// <param name="Runtime">The runtime's version.</param>
/// <param name="Compilation">"native" where the program was compiled ahead of time, otherwise "JIT".</param>
/// <param name="Instructions">Which of the instruction sets that kernels choose by are used.</param>
internal sealed record MachineLine(
    string Processor, int Cores, string Platform, string Runtime, string Compilation, IReadOnlyList<string> Instructions) : IReportLine
{
    /// <summary>The value of <see cref="IReportLine.Kind"/>.</summary>
    public const string Word = "machine";

    private const string ProcessorFile = "/proc/cpuinfo";

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public string Kind => Word;

    /// <summary>The machine that this process runs on.</summary>
    public static MachineLine Here() => new(
        FindProcessor(), Environment.ProcessorCount, RuntimeInformation.OSDescription.Trim(), RuntimeInformation.FrameworkDescription,
        RuntimeFeature.IsDynamicCodeCompiled ? "JIT" : "native",
        [.. FindInstructions().Where(set => set.IsUsed).Select(set => set.Name)]);

    /// <summary>The description in one line.</summary>
    public override string ToString()
    {
        string cores = Cores == 1 ? "1 core" : FormattableString.Invariant($"{Cores} cores");
        return $"{Processor}, {cores}; {Runtime}, {Compilation}; {string.Join(" ", Instructions)}; {Platform}";
    }

    private static string FindProcessor()
    {
        string? line = File.Exists(ProcessorFile)
            ? File.ReadLines(ProcessorFile).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") is string identifier ? $":{identifier}" : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static IEnumerable<(string Name, bool IsUsed)> FindInstructions() =>
    [
        ("AES", Aes.IsSupported || ArmAes.IsSupported),
        ("Vector128", Vector128.IsHardwareAccelerated),
        ("Vector256", Vector256.IsHardwareAccelerated),
        ("Vector512", Vector512.IsHardwareAccelerated),
        ("AVX512DQ", Avx512DQ.IsSupported),
    ];
}
