using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using MPCache.Contract;
using MPCache.Generator.Emission;
using MPCache.Generator.Ir;
using MPCache.Generator.Lowering;
using MPCache.Generator.Passes;
using MPCache.Generator.Planning;
using MPCache.Generator.ProtocolIr;
using MPCache.Generator.Scheduling;

namespace MPCache.Generator;

/// <summary>
/// What compiling one entry point gave: the numbered texts of its snapshots, its source and plan, and what the author must hear.
/// </summary>
internal sealed record Compiled(string Name, string? Source, ImmutableArray<Diagnosis> Diagnoses)
{
    /// <summary>What every stage made, for snapshots and tests: a build does not print it.</summary>
    public ImmutableArray<(string FileName, string Text)> Texts => Printed.Value;

    /// <summary>See <see cref="Texts"/>.</summary>
    public Lazy<ImmutableArray<(string FileName, string Text)>> Printed { get; init; } = new(() => []);

    /// <summary>The plan for each network; none where the entry point does not compile.</summary>
    public IReadOnlyList<Plan> Plans { get; init; } = [];

    /// <summary>The first network's plan; null where the entry point does not compile.</summary>
    public Plan? Plan => Plans.Count > 0 ? Plans[0] : null;

    /// <summary>The program's dimensions.</summary>
    public IReadOnlyList<string> Dimensions { get; init; } = [];
}

/// <summary>The whole compiler behind the front end: a pure function from the text of an entry point to the program's source.</summary>
internal static class Compiler
{
    /// <param name="entry">The entry point's canonical text, with spans.</param>
    /// <param name="protocols">The text of every protocol it may call, by name.</param>
    public static Compiled Compile(string entry, IReadOnlyDictionary<string, string> protocols)
    {
        Function function = Parser.Parse(entry);
        try
        {
            function = Inline.Apply(function, protocols);
            Results.Check(function);
            Function tensors = DotProducts.Apply(Batches.Apply(Shapes.Apply(function)));
            tensors = DeadCode.Apply(CommonSubexpressions.Apply(WeightProducts.Apply(ConstantFolding.Apply(tensors))));
            List<Variant> variants = [];
            List<(string FileName, Func<string> Print)> texts = [("1-tensor.ir", () => Printer.Print(tensors))];
            foreach (Profile profile in Profile.Declared(function))
            {
                variants.Add(Lowered(tensors, profile, variants.Count > 0, texts));
            }

            string name = function.Attributes.Text("method");
            string source = ProgramEmitter.Emit(function, variants);
            texts.Add(($"6-{name}.g.cs", () => source));
            return new Compiled(function.Name, source, RankedRows.Check(tensors))
            {
                Printed = new(() => [.. texts.Select(t => (t.FileName, t.Print()))]),
                Plans = variants.Select(v => v.Plan).ToList(),
                Dimensions = variants[0].Program.Dimensions,
            };
        }
        catch (CompileError error)
        {
            return new Compiled(function.Name, null, [error.ToDiagnosis(function)]);
        }
    }

    /// <summary>The program for one network. Only the first variant is named as its entry point is.</summary>
    private static Variant Lowered(
        Function tensors, Profile profile, bool isFurther, List<(string FileName, Func<string> Print)> texts)
    {
        string suffix = isFurther ? profile.Name : "";
        Function function = profile.Apply(tensors with { Name = tensors.Name + suffix });
        Function typed = Rings.Apply(BranchWeights.Apply(Numbers.Apply(DeferredSoftmax.Apply(function))));
        TypeVerifier.Verify(typed);
        Function protocol = Hoist.Apply(OperandViews.Apply(Lower.Apply(typed)));
        ProtocolVerifier.Verify(protocol);
        Function scheduled = Schedule.Apply(protocol);
        ScheduleVerifier.Verify(protocol, scheduled);
        Plan plan = new Planner(scheduled).Plan();
        string marked = isFurther ? "." + profile.Name.ToLowerInvariant() : "";
        texts.Add(($"2-typed{marked}.ir", () => Printer.Print(typed)));
        texts.Add(($"3-protocol{marked}.ir", () => Printer.Print(protocol)));
        texts.Add(($"4-rounds{marked}.txt", () => Printer.Print(scheduled)));
        texts.Add(($"5-plan{marked}.md", () => PlanMarkdown.Print(plan)));
        return new Variant(profile, suffix, tensors, new Interface(tensors, scheduled), plan, Fingerprint(protocol));
    }

    /// <summary>SHA-256 over the protocol's text without the author's expressions, which do not change what is computed.</summary>
    private static string Fingerprint(Function protocol)
    {
        string text = $"contract {ContractVersion.Current}\n" + Printer.Print(protocol with { Sites = [] });
        using SHA256 hash = SHA256.Create();
        return string.Concat(hash.ComputeHash(Encoding.UTF8.GetBytes(text))
            .Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
