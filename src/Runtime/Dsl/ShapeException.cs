namespace MPCache;

/// <summary>
/// Shapes that an operation cannot combine. The message names the operation, every shape involved and the cure. The generator reports the
/// same mistake while compiling wherever the symbolic shapes decide it.
/// </summary>
public sealed class ShapeException : MPCacheException
{
    /// <summary>Creates the error.</summary>
    /// <param name="operation">The operation as the author wrote it, for example <c>MatMul</c>.</param>
    /// <param name="cause">What does not fit, with every shape involved; no final full stop.</param>
    /// <param name="cure">What to change, in the imperative; no final full stop.</param>
    public ShapeException(string operation, string cause, string cure)
        : base($"{operation}: {cause}", cure)
    {
        Operation = operation;
    }

    /// <summary>The operation as the author wrote it.</summary>
    public string Operation { get; }
}
