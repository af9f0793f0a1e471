using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using MPCache.Programs.Aot;
using MPCache.Programs.Tests.Harness;
using Xunit;

namespace MPCache.Programs.Tests;

public class NativeTests
{
    [NativeLinkerFact]
    public async Task A_natively_compiled_program_computes_the_same()
    {
        string folder = Directory.CreateTempSubdirectory("mpcache-native").FullName;
        try
        {
            string project = Path.Combine(Repository(), "tests", "Programs.Aot", "MPCache.Programs.Aot.csproj");
            (int code, string log) = await RunAsync(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                "publish", project, "-c", "Release", "-r", "linux-x64", "-p:PublishAot=true",
                $"-p:CppCompilerAndLinker={NativeLinkerFactAttribute.Linker}",
                "-p:UseSharedCompilation=false", "-nodeReuse:false", "--artifacts-path", Path.Combine(folder, "artifacts"),
                "-o", Path.Combine(folder, "out"));
            Assert.True(code == 0, log);

            // What trimming or native compilation cannot see through is a warning with such a number.
            Assert.DoesNotContain("warning IL", log, StringComparison.Ordinal);
            (int exit, string native) = await RunAsync(Path.Combine(folder, "out", "MPCache.Programs.Aot"));
            Assert.Equal(0, exit);
            using StringWriter expected = new();
            await Residual.PrintAsync(expected);
            Assert.Equal(expected.ToString(), native);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(string file, params string[] arguments)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static string Repository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MPCache.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not lie inside the repository.");
    }
}
