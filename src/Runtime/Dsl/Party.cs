namespace MPCache;

/// <summary>One of the two online parties. The dealer of correlated randomness is no party: it sees no value.</summary>
public enum Party
{
    /// <summary>Party 0: knows the weights.</summary>
    Server = 0,

    /// <summary>Party 1: knows the prompt and learns the output.</summary>
    Client = 1,
}
