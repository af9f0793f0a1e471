using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using MPCache.Contract;

namespace MPCache.Execution;

/// <summary>A tensor that a call takes from its owner.</summary>
/// <param name="Name">The author's parameter.</param>
/// <param name="Owner">Who knows it.</param>
/// <param name="Shape">Its shape over the dimensions.</param>
/// <param name="Ring">The ring's bits.</param>
/// <param name="Scale">Fraction bits.</param>
/// <param name="Low">Smallest value allowed; the owner checks it.</param>
/// <param name="High">Largest value allowed.</param>
/// <param name="Classes">
/// Where the program takes each integer as a one-hot row of that many classes (an embedding's vocabulary): their number; null otherwise.
/// </param>
public sealed record ProgramInput(string Name, Party Owner, IReadOnlyList<Expr> Shape, int Ring, int Scale, double Low, double High,
    Expr? Classes);

/// <summary>A tensor that a call tells one party.</summary>
/// <param name="To">Who learns it.</param>
/// <param name="Shape">Its shape over the dimensions.</param>
/// <param name="Ring">The ring's bits.</param>
/// <param name="Scale">Fraction bits.</param>
public sealed record ProgramOutput(Party To, IReadOnlyList<Expr> Shape, int Ring, int Scale);

/// <summary>A public real number that a call takes, known to both parties and the dealer.</summary>
/// <param name="Name">The author's parameter.</param>
/// <param name="Low">Smallest value allowed.</param>
/// <param name="High">Largest value allowed.</param>
public sealed record ProgramReal(string Name, double Low, double High);

/// <summary>A dimension of a program.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Max">The largest value its intervals hold for; the session refuses a larger one.</param>
public sealed record ProgramDimension(string Name, long Max);

/// <summary>A field of shared weights or of a state that a program uses.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Shape">Its declared shape over the dimensions; for an array of tensors the first counts them.</param>
public sealed record ProgramField(string Name, IReadOnlyList<Expr> Shape);

/// <summary>Weights or a state that a program takes.</summary>
/// <param name="Name">The author's parameter.</param>
/// <param name="Class">The class's full name.</param>
/// <param name="Fields">The fields that the program uses.</param>
/// <param name="Integers">The class's public integers that the program uses, by dimension.</param>
public sealed record ProgramObject(string Name, string Class, IReadOnlyList<ProgramField> Fields, IReadOnlyList<string> Integers);

/// <summary>A range that the author asserts of an expression; plain runs and runs in the clear check it.</summary>
/// <param name="Site">The expression's number.</param>
/// <param name="Low">Smallest value allowed.</param>
/// <param name="High">Largest value allowed.</param>
public sealed record ProgramAssertion(int Site, double Low, double High);

/// <summary>Everything of a program that is public: what the session needs to run a call of it.</summary>
/// <param name="Name">The program's name.</param>
/// <param name="Fingerprint">SHA-256 over the protocol IR's text and the contract's version, in hexadecimal.</param>
/// <param name="Dimensions">Dimensions in the order of their names.</param>
/// <param name="Inputs">Tensors that parties put in.</param>
/// <param name="Reals">Public real numbers.</param>
/// <param name="Integers">Public integer parameters; each is a dimension too.</param>
/// <param name="Residents">Shared weights.</param>
/// <param name="States">States.</param>
/// <param name="Outputs">What is revealed.</param>
/// <param name="Sites">The author's expressions by number, for tracing.</param>
/// <param name="PlanText">The communication plan, see <see cref="Contract.PlanText"/>.</param>
public sealed record ProgramInterface(
    string Name, string Fingerprint, IReadOnlyList<ProgramDimension> Dimensions, IReadOnlyList<ProgramInput> Inputs,
    IReadOnlyList<ProgramReal> Reals,
    IReadOnlyList<string> Integers, IReadOnlyList<ProgramObject> Residents, IReadOnlyList<ProgramObject> States,
    IReadOnlyList<ProgramOutput> Outputs, IReadOnlyList<string> Sites, string PlanText)
{
    private Plan? plan;

    /// <summary>The ranges that the author asserts.</summary>
    public IReadOnlyList<ProgramAssertion> Assertions { get; init; } = [];

    /// <summary>The communication plan.</summary>
    public Plan Plan => plan ??= Contract.PlanText.Parse(PlanText);
}

/// <summary>The arguments of one call as one role holds them, and its results.</summary>
public sealed class CallFrame
{
    /// <summary>The dimensions, in the interface's order.</summary>
    public required long[] Dimensions { get; init; }

    /// <summary>The raw elements of each input at its owner; null elsewhere.</summary>
    public required ulong[]?[] Inputs { get; init; }

    /// <summary>The public real numbers, in the interface's order.</summary>
    public required double[] Reals { get; init; }

    /// <summary>The shared weights.</summary>
    public required ResidentStore[] Residents { get; init; }

    /// <summary>The states.</summary>
    public required StateStore[] States { get; init; }

    /// <summary>The raw elements of each output at the party that learns it; null elsewhere.</summary>
    public required ulong[]?[] Outputs { get; init; }
}

/// <summary>A compiled entry point: its interface and its body, generic over the role.</summary>
public abstract class CompiledProgram
{
    /// <summary>What is public of the program.</summary>
    public abstract ProgramInterface Interface { get; }

    /// <summary>The same entry point's program for a network; this one where it is compiled for no other.</summary>
    /// <param name="network">One network.</param>
    public virtual CompiledProgram For(Network network) => this;

    /// <summary>The entry point's programs for all networks that it is compiled for.</summary>
    public virtual IReadOnlyList<CompiledProgram> Variants => [this];

    /// <summary>Runs the role's part of a call.</summary>
    /// <param name="run">The execution.</param>
    /// <param name="frame">Arguments and results.</param>
    public abstract ValueTask RunAsync<TRole>(Run run, CallFrame frame)
        where TRole : IRole;

    /// <summary>Runs the author's method in plain numbers, step by step, and tells the frame's observer what every expression is.</summary>
    /// <param name="frame">Arguments and results.</param>
    /// <exception cref="NotSupportedException">The program was not written by the generator.</exception>
    /// <exception cref="RangeException">A value leaves a declared range.</exception>
    public virtual void RunPlain(PlainFrame frame) => throw new NotSupportedException($"{Interface.Name} has no plain form.");
}
