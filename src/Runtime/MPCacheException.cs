using System;

namespace MPCache;

/// <summary>
/// An error its reader can act on: what happened, and what to do about it. Everything that a user's input, file, peer or network can
/// cause is reported as this type; its message is one line.
/// </summary>
public class MPCacheException : Exception
{
    /// <summary>Creates the error from its cause and its cure.</summary>
    /// <param name="cause">What happened, with the names and numbers that show it; no final full stop.</param>
    /// <param name="cure">What the reader can do about it, in the imperative; no final full stop.</param>
    /// <param name="innerException">The lower-level error, where there is one.</param>
    public MPCacheException(string cause, string cure, Exception? innerException = null)
        : base($"{cause}. {cure}.", innerException)
    {
        Cause = cause;
        Cure = cure;
    }

    /// <summary>What happened.</summary>
    public string Cause { get; }

    /// <summary>What to do about it.</summary>
    public string Cure { get; }
}
