using System.Collections.Generic;

namespace MPCache.Evaluation.Documents;

/// <summary>
/// What one document is about: who and which towns occur in it, and what has been said of them, so that nothing is said twice in
/// different ways and every question has one answer.
/// </summary>
internal sealed class World
{
    private const int MostPeople = 48;
    private const int MostTowns = 24;

    private readonly string[] _people;
    private readonly string[] _towns;
    private readonly HashSet<(string Relation, string Subject)> _said = [];

    /// <summary>Creates the world of a document.</summary>
    /// <param name="random">Where its choices come from.</param>
    public World(SeededRandom random)
    {
        Random = random;
        _people = random.Sample(Words.People, MostPeople);
        _towns = random.Sample(Words.Towns, MostTowns);
    }

    /// <summary>Where all choices come from.</summary>
    public SeededRandom Random { get; }

    /// <summary>Somebody who occurs in the document.</summary>
    public string Person() => Random.Pick(_people);

    /// <summary>Somebody else.</summary>
    public string PersonBeside(string person)
    {
        string other = Person();
        while (other == person)
        {
            other = Person();
        }

        return other;
    }

    /// <summary>A town that occurs in the document.</summary>
    public string Town() => Random.Pick(_towns);

    /// <summary>Any thing, with what it is made of or looks like.</summary>
    public string Thing() => $"{Quality()} {Random.Pick(Words.Things)}";

    /// <summary>Claims that something is said of a subject.</summary>
    /// <param name="relation">What is said.</param>
    /// <param name="subject">Of whom or what.</param>
    /// <returns>Whether it had not been said before.</returns>
    public bool Claim(string relation, string subject) => _said.Add((relation, subject));

    /// <summary>Whether something has been said of a subject.</summary>
    public bool IsClaimed(string relation, string subject) => _said.Contains((relation, subject));

    /// <summary>A material, a colour, or what it looks like.</summary>
    public string Quality() => Random.Next(3) switch
    {
        0 => Random.Pick(Words.Materials),
        1 => Random.Pick(Words.Colours),
        _ => Random.Pick(Words.Looks),
    };

    /// <summary>A noun with its indefinite article.</summary>
    public static string A(string noun) => (noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + noun;
}
