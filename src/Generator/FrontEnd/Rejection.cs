namespace MPCache.Generator.FrontEnd;

/// <summary>
/// Everything that the front end refuses, in one place: the diagnostic's id, what is wrong, and what to write instead. Each id has a page
/// in docs/diagnostics.
/// </summary>
internal readonly record struct Rejection(string Id, string Message)
{
    /// <summary>The id of what is our own fault.</summary>
    public const string InternalId = "MPC9001";

    public static Rejection Statement(string statement) => new(
        "MPC1001",
        $"'{statement}' is not part of the language; write declarations, assignments, calls, 'for' over a public bound, 'if' on "
        + "constants and public integers, and one 'return'");

    public static Rejection ReturnInLoop() => new(
        "MPC1001", "'return' inside a loop is not part of the language; assign a local in the loop and return it at the end of the method");

    public static Rejection ReturnInBranch() => new(
        "MPC1001",
        "'return' behind a condition of the session is not part of the language; assign a local in both branches and return it at the end of "
        + "the method");

    public static Rejection Expression(string expression) => new(
        "MPC1002",
        $"'{expression}' is not part of the language; use the operators, the members of Tensor and MPCache.Functions, or calls to "
        + "[Protocol] methods");

    public static Rejection Elements() => new(
        "MPC1002",
        "the elements of a tensor are secret and cannot be read; compute with tensor operations, and reveal the result with "
        + "Reveal(party)");

    public static Rejection SizeOnly(string member) => new(
        "MPC1002", $"'{member}' cannot be read in a compiled method; use Size(axis), which names one axis and is a public value");

    public static Rejection NotFinite(string expression) => new(
        "MPC1002", $"'{expression}' is no finite number, and fixed point has no other; use a finite bound");

    public static Rejection FieldNotConstant(string field) => new(
        "MPC1002",
        $"the value of '{field}' is not known at compile time; make it const or static readonly with a constant value, or pass it as a "
        + "parameter");

    public static Rejection FunctionOfNumbers(string function) => new(
        "MPC1003",
        $"'{function}' is known here for constants alone; use + - * /, Math.Min and Math.Max of int, or InverseSqrt, or compute it at "
        + "the caller");

    public static Rejection Call(string method) => new(
        "MPC1003",
        $"'{method}' is neither a function of the language nor a [Protocol] method; mark it [Protocol], or use members of Tensor and "
        + "MPCache.Functions");

    public static Rejection EntryPointCalled(string method) => new(
        "MPC1003", $"'{method}' is an entry point, a program of its own; move what both need into a [Protocol] method and call that");

    public static Rejection BranchOnSecret() => new(
        "MPC1004",
        "this condition depends on secret values, and the path taken would show them; compute both values and choose with "
        + "Select(Less(a, b), x, y)");

    public static Rejection ConditionNotPublic() => new(
        "MPC1005",
        "neither the compiler nor the session can decide this condition; compare int parameters, sizes and constants, make it a constant "
        + "(const, static readonly), or write one [EntryPoint] for each case");

    public static Rejection SecretAsNumber(string expression) => new(
        "MPC1006",
        $"'{expression}' depends on secret values, and a position or number must be public; use Embedding to read secret rows, Select "
        + "to choose");

    public static Rejection LoopForm() => new(
        "MPC1007", "a loop counts one int up by one: write 'for (int i = low; i < high; i++)' and compute other positions from i");

    public static Rejection LoopBoundSecret() => new(
        "MPC1008",
        "this loop bound depends on secret values, and the number of steps would show them; use an int parameter, a Size or a constant");

    public static Rejection LoopBoundChanges(string local) => new(
        "MPC1008", $"this loop bound uses '{local}', which the loop itself assigns; compute the bound before the loop");

    public static Rejection NumberAssignedInLoop(string local) => new(
        "MPC1009",
        $"'{local}' is a number declared outside the loop and assigned inside; a loop carries tensors alone, so compute it from the "
        + "loop's counter");

    public static Rejection SelectionAssignedInLoop(string local) => new(
        "MPC1009",
        $"'{local}' is a selection declared outside the loop and assigned inside; a loop carries tensors alone, so select and use the "
        + "selection in the same step, or make one step of two layers");

    public static Rejection NumberOfBranch(string text) => new(
        "MPC1009",
        $"'{text}' is no tensor and no int, and has another value in each branch; a condition of the session leaves tensors and ints, so "
        + "compute with it in both branches");

    public static Rejection SelectionOfBranch(string text) => new(
        "MPC1009",
        $"'{text}' is another selection in each branch; a condition of the session leaves tensors and ints, so select and use the selection "
        + "in the same branch");

    public static Rejection Recursion(string method) => new(
        "MPC1010", $"this call leads back to '{method}', and protocols are inlined; repeat with a 'for' loop instead");

    public static Rejection NotStatic(string method) => new(
        "MPC1011", $"'{method}' is not static; a compiled method is static and gets everything it uses as parameters");

    public static Rejection NotPartial(string method, string type) => new(
        "MPC1011",
        $"'{method}' is an entry point, but class '{type}' is not partial; declare it partial, so that the compiled method can be added "
        + "to it");

    public static Rejection NotInClass(string method) => new(
        "MPC1011", $"'{method}' is an entry point of a struct, record or generic type; move it into a plain class");

    public static Rejection Generic(string method) => new(
        "MPC1011", $"'{method}' is generic; compiled methods have fixed types, so write it over Tensor");

    public static Rejection NoBody(string method) => new(
        "MPC1011", $"'{method}' has no body to compile; give it one");

    public static Rejection ParameterWithoutShape(string parameter) => new(
        "MPC1012",
        $"the tensor parameter '{parameter}' of an entry point has no shape; add an attribute such as [Shape(\"heads, tokens, dim\")]");

    public static Rejection ParameterType(string parameter, string type) => new(
        "MPC1013", $"parameter '{parameter}' is of type '{type}'; use Tensor, int, float, double, a [Resident] or [State] class, "
        + "or Selection in a [Protocol] method");

    public static Rejection ParameterByReference(string parameter) => new(
        "MPC1013", $"parameter '{parameter}' is passed by reference or as 'params'; pass it by value and return what changes");

    public static Rejection ResultType(string type) => new(
        "MPC1014", $"the result is of type '{type}'; return a Tensor, a tuple of Tensors, or nothing; a [Protocol] method may return a Selection too");

    public static Rejection NotConstant(string parameter) => new(
        "MPC1015", $"'{parameter}' shapes the program and must be known at compile time; write a constant");

    public static Rejection WeightsAssigned(string property) => new(
        "MPC1016",
        $"'{property}' belongs to a [Resident] class, which is shared once and never changes; keep what changes in a [State] class");

    public static Rejection AssignmentTarget(string target) => new(
        "MPC1016", $"'{target}' cannot be assigned in a compiled method; assign a local or a property of a [State] class");

    public static Rejection MemberWithoutShape(string member) => new(
        "MPC1017",
        $"the tensor '{member}' needs a declared shape and range; add attributes such as [Shape(\"layers, dim\")] and [Range(-1, 1)]");

    public static Rejection MemberType(string member) => new(
        "MPC1017",
        $"'{member}' cannot be used in a compiled method; a [Resident] or [State] class offers public Tensor and int properties, a "
        + "[State] class Tensor[], Selection and Selection[] too");

    public static Rejection StateElement(string member) => new(
        "MPC1017", $"'{member}' is an array; name one element, as in '{member}[layer]'");

    public static Rejection SchemaClass(string type) => new(
        "MPC1017",
        $"'{type}' is generic or not visible to its namespace; declare it as a public or internal class without type parameters");

    public static Rejection WeightsAndState(string type) => new(
        "MPC1017", $"'{type}' is both [Resident] and [State]; weights never change and a state grows, so make two classes of it");

    public static Rejection StateWithoutGrowth(string type, string grows) => new(
        "MPC1017", $"'{type}' grows along '{grows}', which is not the leading axis of this tensor; begin the shape of each tensor with it");

    public static Rejection BodyMissing(string method) => new(
        "MPC1018", $"no compiled body of '{method}' was found; build the assembly that declares it with the MPCache generator");

    public static Rejection BodyVersion(string method, int version) => new(
        "MPC1018",
        $"the compiled body of '{method}' has format {version}, this generator reads {ProtocolBodies.Version}; build both assemblies "
        + "with one MPCache version");

    public static Rejection StackWithoutLambda() => new(
        "MPC1024", "Stack reads what an iteration computes as it is written; write a lambda in this place, as in 'i => x[i] * y'");

    public static Rejection AssignedInStack(string symbol) => new(
        "MPC1024",
        $"'{symbol}' is declared around these iterations, which are independent of each other and change nothing outside; return what an "
        + "iteration computes, or carry it from step to step in a 'for' loop");

    public static Rejection MapWithoutLambda() => new(
        "MPC1030", "Map reads a function as it is written; write a lambda in this place, as in 'x => x / (1 + MathF.Exp(-x))'");

    public static Rejection MapCapture(string captured) => new(
        "MPC1030",
        $"'{captured}' comes from outside of the function, which is fitted while compiling; use constants (const, static readonly) in it, "
        + "and compute with other values before and after Map");

    public static Rejection MapOperation(string operation) => new(
        "MPC1030",
        $"'{operation}' is no part of a formula; use + - * /, Exp, Log, Sqrt, Tanh, Sin, Cos, Abs, Min, Max and Clamp of MathF, Pow with a "
        + "constant exponent, and 'condition ? a : b'");

    public static Rejection MapUndefined(string part, string low, string high, string reason) => new(
        "MPC3010",
        $"'{part}' is not finite everywhere in [{low}, {high}]: {reason}; narrow the bounds, or choose another value there with "
        + "'condition ? a : b'");

    public static Rejection Shape(string text, string error) => new(
        "MPC2001", $"\"{text}\" is no shape: {OneLine(error)}; write axes separated by commas, as in \"heads, tokens, 2*half\"");

    public static Rejection DimName(string name) => new(
        "MPC2001", $"\"{name}\" is no name of a dimension; use letters, digits and '_', beginning with a letter");

    public static Rejection DimSize(string name, int typical, int max) => new(
        "MPC2001",
        $"dimension '{name}' has Typical = {typical} and Max = {max}; sizes are positive, and the typical one does not exceed the "
        + "maximum");

    public static Rejection DimUnused(string name, System.Collections.Generic.IReadOnlyList<string> dimensions) => new(
        "MPC2004",
        $"no shape and no number of this program depends on '{name}'; "
        + (dimensions.Count == 0 ? "leave [Dim] out" : $"its dimensions are {string.Join(", ", dimensions)}"));

    public static Rejection EmptyRange(string low, string high) => new(
        "MPC3001", $"[{low}, {high}] is no interval; give finite bounds, the smaller one first");

    public static Rejection BudgetWithoutLimit() => new(
        "MPC5002", "this budget limits nothing; give Flights, Bytes or DealerBytes a number that is not negative");

    public static Rejection BudgetOfProtocol(string method) => new(
        "MPC5002",
        $"'{method}' is no entry point, and only a whole program has a plan; put [Budget] on the [EntryPoint] that calls it");

    public static Rejection BudgetSizes(string text) => new(
        "MPC5002",
        $"\"{text}\" gives no sizes of dimensions; write each once with a positive number, as in \"tokens = 512, layers = 5\"");

    public static Rejection Internal(string pass, string message) => new(
        InternalId,
        $"the compiler failed in {pass}: {OneLine(message)}; this is a defect of MPCache, please report it with the method's source");

    private static string OneLine(string text) =>
        string.Join(" ", text.Split(['\r', '\n', '\t', ' '], System.StringSplitOptions.RemoveEmptyEntries));
}
