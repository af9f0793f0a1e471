using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MPCache.Generator.Diagnostics;

/// <summary>
/// Every diagnostic of the generator: stable ids, the first digit the subject. Messages are made where the cause is known; each id has a
/// page in docs/diagnostics.
/// </summary>
internal static class Descriptors
{
    private const string Language = "MPCache.Language";
    private const string Shapes = "MPCache.Shapes";
    private const string FixedPoint = "MPCache.FixedPoint";
    private const string Privacy = "MPCache.Privacy";
    private const string Cost = "MPCache.Cost";
    private const string Compiler = "MPCache.Compiler";
    private const string Pages = "docs/diagnostics/";

    private static readonly DiagnosticDescriptor Statement = new(
        "MPC1001", "Statement is not part of the language", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1001.md");

    private static readonly DiagnosticDescriptor Expression = new(
        "MPC1002", "Expression is not part of the language", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1002.md");

    private static readonly DiagnosticDescriptor Call = new(
        "MPC1003", "Method cannot be called", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1003.md");

    private static readonly DiagnosticDescriptor SecretBranch = new(
        "MPC1004", "Branch on a secret", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1004.md");

    private static readonly DiagnosticDescriptor ConditionNotConstant = new(
        "MPC1005", "Condition is not public", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1005.md");

    private static readonly DiagnosticDescriptor SecretAsNumber = new(
        "MPC1006", "Secret where a public number is needed", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1006.md");

    private static readonly DiagnosticDescriptor LoopForm = new(
        "MPC1007", "Loop does not count up by one", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1007.md");

    private static readonly DiagnosticDescriptor LoopBound = new(
        "MPC1008", "Loop bound is not public and fixed", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1008.md");

    private static readonly DiagnosticDescriptor NumberInLoop = new(
        "MPC1009", "Number assigned in a loop or branch", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1009.md");

    private static readonly DiagnosticDescriptor Recursion = new(
        "MPC1010", "Protocols call each other in a circle", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1010.md");

    private static readonly DiagnosticDescriptor MethodDeclaration = new(
        "MPC1011", "Method cannot be compiled as declared", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1011.md");

    private static readonly DiagnosticDescriptor ParameterWithoutShape = new(
        "MPC1012", "Parameter has no shape", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1012.md");

    private static readonly DiagnosticDescriptor ParameterType = new(
        "MPC1013", "Parameter type is not part of the language", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1013.md");

    private static readonly DiagnosticDescriptor ResultType = new(
        "MPC1014", "Result type is not part of the language", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1014.md");

    private static readonly DiagnosticDescriptor ArgumentNotConstant = new(
        "MPC1015", "Argument must be a constant", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1015.md");

    private static readonly DiagnosticDescriptor AssignmentTarget = new(
        "MPC1016", "Cannot be assigned", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1016.md");

    private static readonly DiagnosticDescriptor SchemaDeclaration = new(
        "MPC1017", "Weights or state class is declared wrongly", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1017.md");

    private static readonly DiagnosticDescriptor BodyMissing = new(
        "MPC1018", "Protocol has no compiled body", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1018.md");

    private static readonly DiagnosticDescriptor StateNotAppended = new(
        "MPC1019", "Rows are appended to what the state was before", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1019.md");

    private static readonly DiagnosticDescriptor RealArithmetic = new(
        "MPC1020", "Arithmetic on public real numbers", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1020.md");

    private static readonly DiagnosticDescriptor SelectCondition = new(
        "MPC1021", "Condition of Select is no comparison", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1021.md");

    private static readonly DiagnosticDescriptor StateGrowth = new(
        "MPC1022", "State may have grown before", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1022.md");

    private static readonly DiagnosticDescriptor SelectionInBranch = new(
        "MPC1023", "Selection was replaced in a branch", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1023.md");

    private static readonly DiagnosticDescriptor IterationEffect = new(
        "MPC1024", "Iteration changes what is outside", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1024.md");

    private static readonly DiagnosticDescriptor IterationForm = new(
        "MPC1025", "Iterations cannot be computed at once", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1025.md");

    private static readonly DiagnosticDescriptor MapFormula = new(
        "MPC1030", "Function of Map is no formula", "{0}", Language, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC1030.md");

    private static readonly DiagnosticDescriptor ShapeText = new(
        "MPC2001", "Shape does not parse", "{0}", Shapes, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC2001.md");

    private static readonly DiagnosticDescriptor ShapeMismatch = new(
        "MPC2002", "Shapes do not match", "{0}", Shapes, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC2002.md");

    private static readonly DiagnosticDescriptor AxisOutOfRange = new(
        "MPC2003", "Axis is out of range", "{0}", Shapes, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC2003.md");

    private static readonly DiagnosticDescriptor UnusedDimension = new(
        "MPC2004", "Dimension is not used", "{0}", Shapes, DiagnosticSeverity.Warning, true,
        helpLinkUri: Pages + "MPC2004.md");

    private static readonly DiagnosticDescriptor EmptyRange = new(
        "MPC3001", "Range is empty", "{0}", FixedPoint, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC3001.md");

    private static readonly DiagnosticDescriptor RingOverflow = new(
        "MPC3002", "Value may leave the ring", "{0}", FixedPoint, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC3002.md");

    private static readonly DiagnosticDescriptor RangeNeeded = new(
        "MPC3003", "Range is needed", "{0}", FixedPoint, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC3003.md");

    private static readonly DiagnosticDescriptor Domain = new(
        "MPC3004", "Argument is outside the function's domain", "{0}", FixedPoint, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC3004.md");

    private static readonly DiagnosticDescriptor Divisor = new(
        "MPC3005", "Divisor may be zero", "{0}", FixedPoint, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC3005.md");

    private static readonly DiagnosticDescriptor MapFit = new(
        "MPC3010", "Function is not finite or cannot be fitted", "{0}", FixedPoint, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC3010.md");

    private static readonly DiagnosticDescriptor ResultNotRevealed = new(
        "MPC4001", "Result is not revealed", "{0}", Privacy, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC4001.md");

    private static readonly DiagnosticDescriptor EmbeddingOperands = new(
        "MPC4002", "Embedding needs a party's tokens and the server's table", "{0}", Privacy, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC4002.md");

    private static readonly DiagnosticDescriptor RankedRows = new(
        "MPC4003", "Revealed rows tell how they rank", "{0}", Privacy, DiagnosticSeverity.Warning, true,
        helpLinkUri: Pages + "MPC4003.md");

    private static readonly DiagnosticDescriptor BudgetExceeded = new(
        "MPC5001", "Budget is exceeded", "{0}", Cost, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC5001.md");

    private static readonly DiagnosticDescriptor BudgetUnclear = new(
        "MPC5002", "Budget cannot be checked", "{0}", Cost, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC5002.md");

    private static readonly DiagnosticDescriptor Internal = new(
        "MPC9001", "Internal compiler error", "{0}", Compiler, DiagnosticSeverity.Error, true,
        helpLinkUri: Pages + "MPC9001.md");

    /// <summary>All descriptors, by id.</summary>
    public static IReadOnlyList<DiagnosticDescriptor> All { get; } =
    [
        Statement,
        Expression,
        Call,
        SecretBranch,
        ConditionNotConstant,
        SecretAsNumber,
        LoopForm,
        LoopBound,
        NumberInLoop,
        Recursion,
        MethodDeclaration,
        ParameterWithoutShape,
        ParameterType,
        ResultType,
        ArgumentNotConstant,
        AssignmentTarget,
        SchemaDeclaration,
        BodyMissing,
        StateNotAppended,
        RealArithmetic,
        SelectCondition,
        StateGrowth,
        SelectionInBranch,
        IterationEffect,
        IterationForm,
        MapFormula,
        ShapeText,
        ShapeMismatch,
        AxisOutOfRange,
        UnusedDimension,
        EmptyRange,
        RingOverflow,
        RangeNeeded,
        Domain,
        Divisor,
        MapFit,
        ResultNotRevealed,
        EmbeddingOperands,
        RankedRows,
        BudgetExceeded,
        BudgetUnclear,
        Internal,
    ];

    /// <summary>The descriptor of an id; one that is in no table is a defect of the compiler and reported as such.</summary>
    public static DiagnosticDescriptor Find(string id) => All.FirstOrDefault(d => d.Id == id) ?? Internal;
}
