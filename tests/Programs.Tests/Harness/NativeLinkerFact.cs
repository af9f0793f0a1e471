using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Xunit;

namespace MPCache.Programs.Tests.Harness;

/// <summary>A test that compiles natively; skipped where that is impossible.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeLinkerFactAttribute : FactAttribute
{
    public NativeLinkerFactAttribute()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.OSArchitecture != Architecture.X64)
        {
            Skip = "Native compilation is tested on Linux with 64-bit x86 processors.";
        }
        else if (Linker is null)
        {
            Skip = "Native compilation needs a linker: install clang or gcc.";
        }
    }

    /// <summary>The linker found, the one that the compiler prefers first.</summary>
    public static string? Linker { get; } = new[] { "clang", "gcc" }.FirstOrDefault(OnPath);

    private static bool OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name)));
}
