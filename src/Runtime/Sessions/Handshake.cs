using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Transport;

namespace MPCache.Sessions;

/// <summary>How two parties find out that they belong together, before anything that depends on a secret is sent.</summary>
internal static class Handshake
{
    /// <summary>Exchanges greetings and compares everything public.</summary>
    /// <exception cref="MPCacheException">Something differs; the message says what.</exception>
    public static async Task RunAsync(
        Connection connection, Party self, Guid session, IReadOnlyList<CompiledProgram> programs, SessionSettings settings,
        CancellationToken cancellation)
    {
        KeyValuePair<string, string> network = new("programs for", settings.Programs.ToString());
        KeyValuePair<string, string>[] options = [.. settings.Options.Append(network).OrderBy(o => o.Key, StringComparer.Ordinal)];
        MessageWriter mine = new();
        mine.UInt32(ContractVersion.Current).Guid(session);
        ProgramList.Write(mine, programs);
        mine.UInt32((uint)options.Length);
        foreach ((string name, string value) in options)
        {
            mine.Text(name).Text(value);
        }

        (Speaker speaker, MessageReader theirs) = await Greeting.ExchangeAsync(
            connection, (Speaker)self, mine.Written, settings.Timeouts.Connect, cancellation).ConfigureAwait(false);
        CheckRole(connection, self, speaker);
        string peer = speaker == Speaker.Server ? "the server" : "the client";
        uint contract = theirs.UInt32();
        if (contract != ContractVersion.Current)
        {
            throw new MPCacheException(
                $"the programs of {peer} are of contract version {contract}, those of this party of {ContractVersion.Current}",
                "Install the same version on both sides");
        }

        if (theirs.Guid() != session)
        {
            throw new MPCacheException(
                $"{peer} has its randomness from another session than this party",
                "Connect both to the same dealer with the same session name");
        }

        ComparePrograms(ProgramList.Read(theirs), programs, peer);
        CompareOptions(theirs, options, peer);
        theirs.End();
    }

    private static void CheckRole(Connection connection, Party self, Speaker speaker)
    {
        if (speaker == Speaker.Dealer)
        {
            throw new MPCacheException($"{connection.Peer} is a dealer, not a party", "Give the other party's address as the peer");
        }

        if ((Party)speaker == self)
        {
            throw new MPCacheException(
                $"both sides are the {(self == Party.Server ? "server" : "client")}",
                "Start one side as the server and the other as the client");
        }
    }

    private static void ComparePrograms(
        IReadOnlyList<(string Name, string Fingerprint)> theirs, IReadOnlyList<CompiledProgram> mine, string peer)
    {
        string? difference = ProgramList.Difference(theirs, mine, peer, "this party");
        CompiledProgram? missing = mine.FirstOrDefault(p => theirs.All(t => t.Name != p.Interface.Name));
        difference ??= missing is null ? null : $"this party has the program {missing.Interface.Name}, which {peer} lacks";
        if (difference is not null)
        {
            throw new MPCacheException(difference, "Install the same version of the programs on both sides");
        }
    }

    private static void CompareOptions(MessageReader theirs, KeyValuePair<string, string>[] options, string peer)
    {
        Dictionary<string, string> others = [];
        for (int i = theirs.Count(); i > 0; i--)
        {
            others[theirs.Text()] = theirs.Text();
        }

        foreach ((string name, string value) in options)
        {
            if (!others.Remove(name, out string? other))
            {
                throw Differs($"the option '{name}' is {value} at this party and missing at {peer}");
            }

            if (other != value)
            {
                throw Differs($"the option '{name}' is {value} at this party and {other} at {peer}");
            }
        }

        foreach ((string name, string other) in others)
        {
            throw Differs($"the option '{name}' is missing at this party and {other} at {peer}");
        }
    }

    private static MPCacheException Differs(string cause) => new(cause, "Start both sides with the same model and the same options");
}
