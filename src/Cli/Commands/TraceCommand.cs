using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Cli.Reports;
using MPCache.Cli.Roles;
using MPCache.Execution;
using MPCache.Models.Generation;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Cli.Commands;

/// <summary>
/// <c>mpcache trace</c>: one step of a model in plain numbers, in the clear and between two parties, side by side for every expression of
/// the program's source.
/// </summary>
internal static class TraceCommand
{
    /// <summary>
    /// The programs have 16 fraction bits; half of them may be lost on the way through the layers, in units of an expression's largest
    /// value.
    /// </summary>
    private const double DefaultTolerance = 1.0 / 256;

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> model = TextOptions.Model();
        Option<string?> tokenizer = TextOptions.Tokenizer(besideModel: true);
        Option<string?> prompt = TextOptions.Prompt();
        Option<string?> json = new("--json") { Description = "Write every expression of every layer to this file", HelpName = "FILE" };
        Option<double> tolerance = Tolerance();
        Option<string> step = new("--step")
        {
            Description = "Which program: prefill reads the prompt, decode takes the token behind it",
            DefaultValueFactory = _ => "prefill",
        };
        step.AcceptOnlyFromAmong("prefill", "decode");
        Command command = new("trace", "Compare plain, clear and two-party values for every expression of a program.")
        {
            model, tokenizer, prompt, step, tolerance, json,
        };
        TextOptions.RequireTogether(command, model, tokenizer);
        command.SetAction(async (parsed, cancellation) =>
        {
            ModelSource source = ModelSource.Load(parsed.GetValue(model));
            TokenizerSource words = TokenizerSource.For(parsed.GetValue(model), parsed.GetValue(tokenizer));
            Tokenizer read = words.Read(source.Config);
            int[] tokens = [.. read.Encode(parsed.GetValue(prompt) ?? words.DefaultPrompt)];
            _ = new GenerationRequest(tokens, 1, read.EndsText).Lengths(source.Config);
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            string traced = parsed.GetValue(step)!;
            console.Progress($"{traced} of {source.Name} in plain numbers, in the clear and between two parties in this process");
            TraceComparison comparison = await RunAsync(
                source, tokens, traced == "decode", parsed.GetValue(tolerance), cancellation).ConfigureAwait(false);
            TraceTable.Write(console.Out, comparison);
            if (report is not null)
            {
                TraceReport.Write(report, comparison);
            }

            return comparison.FirstDivergence is null
                ? ExitCode.Done
                : throw new MPCacheException(
                    $"the values diverge first at {comparison.FirstDivergence}",
                    "Look at what the expression makes of values that still agree, or allow more with --tolerance");
        });
        return command;
    }

    private static async Task<TraceComparison> RunAsync(
        ModelSource source, int[] prompt, bool decodes, double tolerance, CancellationToken cancellation)
    {
        CompiledProgram[] programs = [Llama.PrefillProgram, Llama.DecodeProgram];
        await using TraceSession session = await TraceSession.StartAsync(programs, tolerance, cancellation: cancellation).ConfigureAwait(false);
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, source.Weights, cancellation).ConfigureAwait(false);
        StateHandle cache = await session.CreateStateAsync(
            KeyValueCacheSchema.Instance, LlamaPrograms.ModelDimensions(source.Config), cancellation).ConfigureAwait(false);
        double theta = source.Config.RopeTheta;
        Tensor tokens = Tensor.From([.. prompt.Select(t => (float)t)], prompt.Length);
        CallResult result = await Llama.PrefillAsync(session, weights, cache, Input.Of(tokens), theta, cancellation).ConfigureAwait(false);
        if (decodes)
        {
            Tensor next = result.Outputs[0].Value.Reshape(1);
            await Llama.DecodeAsync(
                session, weights, cache, Input.Of(next), prompt.Length, theta, cancellation).ConfigureAwait(false);
        }

        return session.Comparisons[^1];
    }

    private static Option<double> Tolerance() => new("--tolerance")
    {
        Description = "The difference allowed, in units of an expression's largest value or of 1, whichever is more",
        HelpName = "NUMBER",
        DefaultValueFactory = _ => DefaultTolerance,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && value > 0 && double.IsFinite(value))
            {
                return value;
            }

            result.AddError($"--tolerance {text} is no positive number. Give one such as 0.01");
            return 0;
        },
    };
}
