using System;
using System.IO;

namespace MPCache.Transport;

/// <summary>
/// A connection carries no more bytes. The layer that knows what was under way turns this into an <see cref="MPCacheException"/> which says
/// so.
/// </summary>
public sealed class ConnectionLostException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="reason">What became of the connection, as the end of a sentence: "the peer closed it".</param>
    /// <param name="innerException">The socket's or stream's error, where there is one.</param>
    public ConnectionLostException(string reason, Exception? innerException = null)
        : base(reason, innerException)
    {
    }
}
