using System.Collections.Generic;
using MPCache.Sessions;

namespace MPCache.Programs.Tests.Harness;

/// <summary>One session of a trial: the server's, the client's, or the one in the clear that plays both.</summary>
public sealed class Side(ISession session)
{
    public ISession Session { get; } = session;

    /// <summary>Weights in the order in which the trial shared them.</summary>
    public List<ResidentHandle> Weights { get; } = [];

    /// <summary>States in the order in which the trial created them.</summary>
    public List<StateHandle> States { get; } = [];

    /// <summary>What this side puts in for a tensor: the values at their owner and in the clear, the shape elsewhere.</summary>
    public Input Server(Tensor value) => Of(value, Party.Server);

    /// <inheritdoc cref="Server"/>
    public Input Client(Tensor value) => Of(value, Party.Client);

    private Input Of(Tensor value, Party owner) =>
        Session.Party is Party party && party != owner ? Input.Of(value.Shape.ToArray()) : Input.Of(value);
}
