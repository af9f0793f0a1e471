using System.Collections.Generic;

namespace MPCache.Generator.Ir;

/// <summary>
/// The network a program is compiled for. On a local network latency is cheap, so bytes are saved at the price of flights; over a wide area
/// every flight is dear, so flights are saved at the price of bytes.
/// </summary>
/// <param name="Name">As the contract spells it.</param>
/// <param name="Bit">Its bit in what an entry point declares.</param>
/// <param name="IsFewFlights">Whether flights are saved rather than bytes.</param>
internal sealed record Profile(string Name, int Bit, bool IsFewFlights)
{
    public static readonly Profile Lan = new("Lan", 1, false);

    public static readonly Profile Wan = new("Wan", 2, true);

    private const string Attribute = "profile";

    /// <summary>The profiles that an entry point declares, the local network first; that alone where it declares none.</summary>
    public static IReadOnlyList<Profile> Declared(Function entry)
    {
        int declared = entry.Attributes.Int("networks", Lan.Bit);
        List<Profile> profiles = [];
        foreach (Profile profile in (Profile[])[Lan, Wan])
        {
            if ((declared & profile.Bit) != 0)
            {
                profiles.Add(profile);
            }
        }

        return profiles.Count > 0 ? profiles : [Lan];
    }

    /// <summary>The profile that a function is being compiled for.</summary>
    public static Profile Of(Function function) =>
        function.Attributes.Has(Attribute) && function.Attributes.Text(Attribute) == Wan.Name ? Wan : Lan;

    /// <summary>The function, to be compiled for this profile.</summary>
    public Function Apply(Function function) =>
        this == Lan ? function : function with { Attributes = function.Attributes.With(Attribute, Name) };
}
