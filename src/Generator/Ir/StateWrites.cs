namespace MPCache.Generator.Ir;

/// <summary>The operations that change a state, in every dialect.</summary>
internal static class StateWrites
{
    public static bool IsWrite(Op op) => op.Kind is "state.append" or "state.assign" or "state.keep";

    /// <summary>The member of a state that an operation reads or writes, whichever layer's.</summary>
    public static string Member(Op op) => $"{op.Attributes.Text("object")}.{op.Attributes.Text("field")}";

    /// <summary>
    /// What an operation writes, the same text for the same tensor or selection of a state; null where it writes none. One write never
    /// reads what the one before made, so nothing but this says that it comes later.
    /// </summary>
    public static string? Target(Op op) => !IsWrite(op) ? null
        : Member(op)
            + (op.Attributes.Has("index") ? $"[{op.Attributes.Expr("index")}]" : "");
}
