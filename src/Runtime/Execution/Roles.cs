namespace MPCache.Execution;

/// <summary>
/// Whose part of a compiled program is being executed. A program is emitted once, generic over its role; every gate branches on these
/// constants, so that what a party evaluates and what the dealer deals stand side by side and cannot drift apart.
/// </summary>
public interface IRole
{
    /// <summary>The role adds the server's terms: products with the server's clear weights, the server's inputs.</summary>
    static abstract bool IsServer { get; }

    /// <summary>The role adds the client's terms, public constants of additive shares among them.</summary>
    static abstract bool IsClient { get; }

    /// <summary>The role runs the program on masks alone and deals the correlated randomness.</summary>
    static abstract bool IsDealer { get; }

    /// <summary>
    /// The role runs the client's program on masks alone, before the call, to compute what only depends on them: its half of every
    /// product with the server's weights.
    /// </summary>
    static abstract bool IsRehearsal { get; }
}

/// <summary>Party 0, who knows the weights.</summary>
public readonly struct ServerRole : IRole
{
    /// <inheritdoc/>
    public static bool IsServer => true;

    /// <inheritdoc/>
    public static bool IsClient => false;

    /// <inheritdoc/>
    public static bool IsDealer => false;

    /// <inheritdoc/>
    public static bool IsRehearsal => false;
}

/// <summary>Party 1, who knows the prompt.</summary>
public readonly struct ClientRole : IRole
{
    /// <inheritdoc/>
    public static bool IsServer => false;

    /// <inheritdoc/>
    public static bool IsClient => true;

    /// <inheritdoc/>
    public static bool IsDealer => false;

    /// <inheritdoc/>
    public static bool IsRehearsal => false;
}

/// <summary>The client before the call: no peer, no opened values, masks and tape only.</summary>
public readonly struct RehearsalRole : IRole
{
    /// <inheritdoc/>
    public static bool IsServer => false;

    /// <inheritdoc/>
    public static bool IsClient => true;

    /// <inheritdoc/>
    public static bool IsDealer => false;

    /// <inheritdoc/>
    public static bool IsRehearsal => true;
}

/// <summary>Both parties in one process with masks zero and the exchange the identity: the program in the ring, in the clear.</summary>
public readonly struct ClearRole : IRole
{
    /// <inheritdoc/>
    public static bool IsServer => true;

    /// <inheritdoc/>
    public static bool IsClient => true;

    /// <inheritdoc/>
    public static bool IsDealer => false;

    /// <inheritdoc/>
    public static bool IsRehearsal => false;
}

/// <summary>Who hands out correlated randomness and sees no input, no message and no output.</summary>
public readonly struct DealerRole : IRole
{
    /// <inheritdoc/>
    public static bool IsServer => false;

    /// <inheritdoc/>
    public static bool IsClient => false;

    /// <inheritdoc/>
    public static bool IsDealer => true;

    /// <inheritdoc/>
    public static bool IsRehearsal => false;
}
