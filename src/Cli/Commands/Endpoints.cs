using System;
using System.CommandLine;
using System.Linq;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary>Options that say where the three sides are and how long to wait for them.</summary>
internal static class Endpoints
{
    /// <summary>Where the dealer is unless stated.</summary>
    public static readonly TcpEndpoint Dealer = new("127.0.0.1", 7700);

    /// <summary>Where the server is unless stated.</summary>
    public static readonly TcpEndpoint Server = new("127.0.0.1", 7701);

    /// <summary>An address.</summary>
    public static Option<TcpEndpoint> Address(string name, string description, TcpEndpoint standard) => new(name)
    {
        Description = description,
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            try
            {
                return TcpEndpoint.Parse(result.Tokens[0].Value);
            }
            catch (MPCacheException e)
            {
                result.AddError($"{name}: {e.Message}");
                return null;
            }
        },
    };

    /// <summary>The name on which the two parties agreed at the dealer.</summary>
    public static Option<string> Session() => new("--session")
    {
        Description = "Name of the session at the dealer; server and client give the same one",
        HelpName = "NAME",
        DefaultValueFactory = _ => "default",
    };

    /// <summary>How long to wait for a side that is not there yet.</summary>
    public static Option<double> Patience()
    {
        Option<double> option = new("--patience")
        {
            Description = "Seconds to wait for a side that is not there yet",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => 30,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(result.GetValueOrDefault<double>() is > 0 and <= 86400))
            {
                result.AddError($"--patience {result.Tokens[0].Value} is no waiting time. Give seconds, more than 0 and at most 86400");
            }
        });
        return option;
    }

    /// <summary>The network that is emulated between server and client.</summary>
    /// <param name="what">What is shaped, as the end of a sentence.</param>
    public static Option<NetworkProfile> Network(string what) => new("--network")
    {
        Description = "Emulate a network: loopback adds nothing, lan is 3 Gbit/s and 0.8 ms round trip, wan is 200 Mbit/s and 40 ms, "
            + $"others are written latency=20ms,bandwidth=200Mbit (one way, a direction). It shapes {what}",
        HelpName = "NETWORK",
        DefaultValueFactory = _ => NetworkProfile.Loopback,
        CustomParser = result =>
        {
            try
            {
                return NetworkProfile.Parse(result.Tokens[0].Value);
            }
            catch (MPCacheException e)
            {
                result.AddError($"--network: {e.Message}");
                return null;
            }
        },
    };

    /// <summary>The network for which programs are called.</summary>
    public static Option<Network?> Programs() => new("--programs")
    {
        Description = "Call the programs for a network, lan or wan: those for lan save bytes, those for wan flights. The other side must be "
            + "given the same. Those that suit --network unless stated",
        HelpName = "lan|wan",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "lan":
                    return MPCache.Network.Lan;
                case "wan":
                    return MPCache.Network.Wan;
                default:
                    result.AddError($"--programs: '{result.Tokens[0].Value}' is no network that programs are compiled for. Give lan or wan");
                    return null;
            }
        },
    };

    /// <summary>Tells that what is sent to a party is shaped.</summary>
    public static void Tell(CommandConsole console, NetworkProfile network, string party)
    {
        if (!network.AddsNothing)
        {
            console.Progress($"what is sent to the {party} takes an emulated {network}");
        }
    }

    /// <summary>The certificate of a side that listens.</summary>
    public static Option<string?> Certificate() => new("--certificate")
    {
        Description = "Encrypt with TLS: PEM file of a certificate and its key, made where it does not exist",
        HelpName = "FILE",
    };

    /// <summary>The certificate that a side which connects insists on.</summary>
    public static Option<string?> Pin(string name, string whose)
    {
        Option<string?> option = new(name)
        {
            Description = $"Encrypt with TLS and accept this certificate alone: the SHA-256 that the {whose} prints",
            HelpName = "SHA256",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !IsThumbprint(result.Tokens[0].Value))
            {
                result.AddError($"{name} is no SHA-256. Give the 64 hexadecimal digits that the {whose} prints");
            }
        });
        return option;
    }

    private static bool IsThumbprint(string text)
    {
        string digits = text.Replace(":", "", StringComparison.Ordinal);
        return digits.Length == 64 && digits.All(char.IsAsciiHexDigit);
    }
}
