using System.Linq;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>
/// The model of tests that name none: the built-in one, whose answers are known for every prompt, and which takes no time.
/// </summary>
internal static class BuiltInModelArguments
{
    public static string[] Of(string[] args) => args is [string command, .. string[] rest] && !rest.Contains("--model")
        && !rest.Contains("--tokenizer")
        ? command switch
        {
            "demo" or "serve" or "trace" or "calibrate" => [command, "--model", "built-in", .. rest],
            "generate" => [command, "--tokenizer", "built-in", .. rest],
            _ => args,
        }
        : args;
}
