using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Transport;

namespace MPCache.Randomness;

/// <summary>The programs that one side knows, by name and fingerprint, as it tells the other sides.</summary>
internal static class ProgramList
{
    /// <summary>Writes names and fingerprints.</summary>
    public static void Write(MessageWriter writer, IReadOnlyList<CompiledProgram> programs)
    {
        writer.UInt32((uint)programs.Count);
        foreach (CompiledProgram program in programs)
        {
            writer.Text(program.Interface.Name).Text(program.Interface.Fingerprint);
        }
    }

    /// <summary>Reads names and fingerprints.</summary>
    public static IReadOnlyList<(string Name, string Fingerprint)> Read(MessageReader reader)
    {
        (string, string)[] programs = new (string, string)[reader.Count()];
        for (int i = 0; i < programs.Length; i++)
        {
            programs[i] = (reader.Text(), reader.Text());
        }

        return programs;
    }

    /// <summary>
    /// The first program of the other side that this side lacks or has in another version, in words; null where there is none.
    /// </summary>
    /// <param name="theirs">What the other side has.</param>
    /// <param name="mine">What this side has.</param>
    /// <param name="they">What the other side is called.</param>
    /// <param name="self">What this side is called.</param>
    public static string? Difference(
        IReadOnlyList<(string Name, string Fingerprint)> theirs, IReadOnlyList<CompiledProgram> mine, string they, string self)
    {
        foreach ((string name, string fingerprint) in theirs)
        {
            CompiledProgram? same = mine.FirstOrDefault(p => p.Interface.Name == name);
            if (same is null)
            {
                return $"{they} has the program {name}, which {self} lacks";
            }

            if (same.Interface.Fingerprint != fingerprint)
            {
                string mineShort = Short(same.Interface.Fingerprint);
                return $"the program {name} differs: fingerprint {Short(fingerprint)} at {they}, {mineShort} at {self}";
            }
        }

        return null;
    }

    private static string Short(string fingerprint) => fingerprint.Length > 12 ? fingerprint[..12] + "…" : fingerprint;
}
