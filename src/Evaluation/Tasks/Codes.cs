using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>Needles: a thing that has a code of four digits, which follows from nothing else.</summary>
internal static class Codes
{
    /// <summary>The tokens a needle takes, about.</summary>
    public const int NeedleTokens = 15;

    /// <summary>A thing, and its code.</summary>
    public static Fact Next(World world)
    {
        SeededRandom random = world.Random;
        string thing = world.Thing();
        while (!world.Claim("code", thing))
        {
            thing = world.Thing();
        }

        // Digits stand apart, so that each is one token, the same one wherever it stands.
        string code = $"{random.Next(10)} {random.Next(10)} {random.Next(10)} {random.Next(10)}";
        string statement = random.Next(3) switch
        {
            0 => $"The code of the {thing} is {code}.",
            1 => $"Remember that the code of the {thing} is {code}.",
            _ => $"The {thing} has the code {code}.",
        };
        return new Fact(statement, $"What is the code of the {thing}?", $" {code}");
    }
}
