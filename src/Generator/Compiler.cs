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
internal sealed record Compiled(string Name, ImmutableArray<(string FileName, string Text)> Texts, string? Source,
    ImmutableArray<Diagnosis> Diagnoses)
{
    /// <summary>The plan; null where the entry point does not compile.</summary>
    public Plan? Plan { get; init; }

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
            Function tensors = DotProducts.Apply(Shapes.Apply(function));
            tensors = DeadCode.Apply(CommonSubexpressions.Apply(ConstantFolding.Apply(tensors)));
            Function typed = Rings.Apply(Numbers.Apply(DeferredSoftmax.Apply(tensors)));
            TypeVerifier.Verify(typed);
            Function protocol = Hoist.Apply(OperandViews.Apply(Lower.Apply(typed)));
            ProtocolVerifier.Verify(protocol);
            Function scheduled = Schedule.Apply(protocol);
            ScheduleVerifier.Verify(protocol, scheduled);
            Plan plan = new Planner(scheduled).Plan();
            Interface program = new(tensors, scheduled);
            string source = ProgramEmitter.Emit(function, tensors, program, plan, Fingerprint(protocol));
            string name = function.Attributes.Text("method");
            return new Compiled(function.Name,
                [
                    ("1-tensor.ir", Printer.Print(tensors)),
                    ("2-typed.ir", Printer.Print(typed)),
                    ("3-protocol.ir", Printer.Print(protocol)),
                    ("4-rounds.txt", Printer.Print(scheduled)),
                    ("5-plan.md", PlanMarkdown.Print(plan)),
                    ($"6-{name}.g.cs", source),
                ], source, RankedRows.Check(tensors))
            {
                Plan = plan,
                Dimensions = program.Dimensions,
            };
        }
        catch (CompileError error)
        {
            return new Compiled(function.Name, [], null, [error.ToDiagnosis(function)]);
        }
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
