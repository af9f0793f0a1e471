using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Tests.TestSupport;

namespace MPCache.Generator.Tests.Language;

/// <summary>What the front end says to a piece of C#.</summary>
internal enum Answer
{
    /// <summary>It is part of the language.</summary>
    Accepted,

    /// <summary>C# itself rejects it.</summary>
    NoCSharp,

    /// <summary>The front end rejects it.</summary>
    Rejected,
}

/// <summary>A piece of C# and the answer to it; the diagnostic's id where it is rejected.</summary>
internal sealed record Probed(string Code, Answer Answer, string Id);

/// <summary>Asks the front end, instead of repeating what it knows.</summary>
internal static class Probes
{
    private const string Around = """
        public static class Settings
        {
            public const bool Enabled = true;

            public static readonly float Scale = 0.5f;
        }

        [Resident(Party.Server)]
        public sealed class Weights
        {
            [Shape("layers, dim, dim"), Range(-1, 1)]
            public Tensor Query { get; set; } = null!;

            public int Layers { get; set; }
        }

        [State]
        public sealed class Cache
        {
            [Shape("layers, tokens, dim"), Range(-1, 1)]
            public Tensor[] Keys { get; set; } = [];

            [Shape("tokens"), Range(0, 1)]
            public Tensor Importance { get; set; } = null!;
        }

        public static class Layer
        {
            [Protocol]
            public static Tensor Norm(Tensor x) => x;

            [Protocol]
            public static (Tensor Low, Tensor High) Halves(Tensor x) => (x, x);

            public static Tensor Plain(Tensor x) => x;

            public static Tensor Row(int index) => Tensor.Zeros(index);
        }

        """;

    private const string Parameters = "Tensor x, Tensor y, Selection s, Weights w, Cache c, int n, int m, float f, float g";

    /// <summary>The answers to statements, each the body of a method that ends by returning x where it does not return itself.</summary>
    public static IReadOnlyList<Probed> Statements(IEnumerable<string> statements) =>
        Ask(statements.Select(s => (s, $"{s}{(s.Contains("return") ? "" : " return x;")}")));

    /// <summary>The answers to expressions, each assigned to a local.</summary>
    public static IReadOnlyList<Probed> Expressions(IEnumerable<string> expressions) =>
        Ask(expressions.Select(e => (e, $"var value = {e}; return x;")));

    private static Probed[] Ask(IEnumerable<(string Code, string Body)> probes)
    {
        (string Code, string Body)[] all = [.. probes];
        string methods = string.Concat(all.Select((p, i) => $"[Protocol] public static Tensor Probe{i}({Parameters}) {{\n{p.Body}\n}}\n"));
        Compilation compilation = Programs.Compile(
            Around + "public static class P\n{\n" + methods + "}\n");
        GeneratorRunResult result = Programs.Result(Programs.Driver().RunGenerators(compilation));
        ImmutableArray<LoweredMethod> lowered = Programs.Values<LoweredMethod>(result, Steps.Protocols);
        string text = compilation.SyntaxTrees.Single().ToString();
        int[] errors =
        [
            .. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Location.SourceSpan.Start),
        ];
        return
        [
            .. all.Select((probe, i) =>
            {
                LoweredMethod method = lowered.Single(m => m.Name == $"P.Probe{i}");
                int start = text.IndexOf($" Probe{i}(", StringComparison.Ordinal);
                int end = text.IndexOf("\n}\n", start, StringComparison.Ordinal);
                return errors.Any(e => e > start && e < end) ? new Probed(probe.Code, Answer.NoCSharp, "")
                    : method.Text is not null ? new Probed(probe.Code, Answer.Accepted, "")
                    : new Probed(probe.Code, Answer.Rejected, method.Diagnoses.Select(d => d.Id).First());
            }),
        ];
    }
}
