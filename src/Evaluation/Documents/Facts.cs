namespace MPCache.Evaluation.Documents;

/// <summary>
/// Sentences that state what one can be asked about. Prose is full of them, so that a fact that is asked about does not differ from
/// those that are not. A fact claims its subject in its relation, and its object where the question asks the other way round.
/// </summary>
internal static class Facts
{
    private const int Relations = 11;
    private const int Attempts = 64;

    /// <summary>A fact that the document has not stated yet.</summary>
    /// <param name="world">The document's world.</param>
    /// <returns>The fact; null where a document says so much that nothing new was found.</returns>
    public static Fact? Next(World world)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (OfRelation(world, world.Random.Next(Relations)) is Fact fact)
            {
                return fact;
            }
        }

        return null;
    }

    private static Fact? OfRelation(World world, int relation) => relation switch
    {
        0 => Home(world),
        1 => Trade(world),
        2 => Purchase(world),
        3 => Whereabouts(world),
        4 => Event(world),
        5 => Colour(world),
        6 => Owner(world),
        7 => Kin(world),
        8 => Taste(world),
        9 => Meeting(world),
        _ => Building(world),
    };

    private static Fact? Home(World world)
    {
        (SeededRandom random, string person, string town) = (world.Random, world.Person(), world.Town());
        if (!world.Claim("home", person))
        {
            return null;
        }

        string statement = random.Next(4) switch
        {
            0 => $"{person} lives in {town}.",
            1 => $"The home of {person} is in {town}.",
            2 => $"For {random.Pick(Words.Numbers)} years {person} has lived in {town}.",
            _ => $"{person} lives in {town}, in a {random.Pick(Words.Looks)} house.",
        };
        return new Fact(statement, $"Where does {person} live?", $" {town}");
    }

    private static Fact? Trade(World world)
    {
        (SeededRandom random, string person, string trade) = (world.Random, world.Person(), world.Random.Pick(Words.Trades));
        if (!world.Claim("trade", person))
        {
            return null;
        }

        string statement = random.Next(3) switch
        {
            0 => $"{person} works as {World.A(trade)}.",
            1 => $"{person} is {World.A(trade)} by trade.",
            _ => $"As {World.A(trade)}, {person} is always busy.",
        };
        return new Fact(statement, $"What does {person} work as?", $" {trade}");
    }

    private static Fact? Purchase(World world)
    {
        (SeededRandom random, string person, string thing) = (world.Random, world.Person(), world.Thing());
        if (world.IsClaimed("bought", person) || !world.Claim("was bought", thing))
        {
            return null;
        }

        world.Claim("bought", person);
        string statement = random.Next(4) switch
        {
            0 => $"{person} bought the {thing}.",
            1 => $"{person} bought the {thing} for {random.Pick(Words.Numbers)} coins.",
            2 => $"At the {random.Pick(Words.Places)} {person} bought the {thing}.",
            _ => $"The {thing} was bought by {person}.",
        };
        return random.Chance(0.5)
            ? new Fact(statement, $"Who bought the {thing}?", $" {person}")
            : new Fact(statement, $"What did {person} buy?", $" the {thing}");
    }

    private static Fact? Whereabouts(World world)
    {
        (SeededRandom random, string thing) = (world.Random, world.Thing());
        if (!world.Claim("is at", thing))
        {
            return null;
        }

        string place = $"{random.Pick(Words.Prepositions)} the {random.Pick(Words.Furniture)}";
        string statement = random.Next(4) switch
        {
            0 => $"The {thing} is {place}.",
            1 => $"{world.Person()} says that the {thing} is {place}.",
            2 => $"The {thing} lies {place}.",
            _ => $"One can find the {thing} {place}.",
        };
        return new Fact(statement, $"Where is the {thing}?", $" {place}");
    }

    private static Fact? Event(World world)
    {
        (SeededRandom random, string person, string thing) = (world.Random, world.Person(), world.Thing());
        int verb = random.Next(Words.Transitive.Length);
        string past = Words.TransitivePast[verb];
        if (!world.Claim(past, thing))
        {
            return null;
        }

        string day = random.Pick(Words.Weekdays);
        string statement = random.Chance(0.5) ? $"On {day} {person} {past} the {thing}." : $"{person} {past} the {thing} on {day}.";
        return random.Chance(0.5)
            ? new Fact(statement, $"On which day did {person} {Words.Transitive[verb]} the {thing}?", $" {day}")
            : new Fact(statement, $"Who {past} the {thing} on {day}?", $" {person}");
    }

    private static Fact? Colour(World world)
    {
        SeededRandom random = world.Random;
        string subject = $"the {random.Pick(Words.Parts)} of the {random.Pick(Words.Places)} in {world.Town()}";
        if (!world.Claim("colour", subject))
        {
            return null;
        }

        string colour = random.Pick(Words.Colours);
        string statement = random.Next(3) switch
        {
            0 => $"The {subject[4..]} is {colour}.",
            1 => $"{world.Person()} painted {subject} {colour}.",
            _ => $"Everybody knows that {subject} is {colour}.",
        };
        return new Fact(statement, $"What colour is {subject}?", $" {colour}");
    }

    private static Fact? Owner(World world)
    {
        (SeededRandom random, string person) = (world.Random, world.Person());
        string look = random.Chance(0.5) ? random.Pick(Words.Looks) : random.Pick(Words.Colours);
        string animal = $"{look} {random.Pick(Words.Animals)}";
        if (!world.Claim("owner", animal))
        {
            return null;
        }

        string statement = random.Next(3) switch
        {
            0 => $"The {animal} belongs to {person}.",
            1 => $"{person} owns the {animal}.",
            _ => $"The owner of the {animal} is {person}.",
        };
        return new Fact(statement, $"Who owns the {animal}?", $" {person}");
    }

    private static Fact? Kin(World world)
    {
        (SeededRandom random, string person) = (world.Random, world.Person());
        (string other, string kin) = (world.PersonBeside(person), random.Pick(Words.Kin));
        if (!world.Claim(kin, person))
        {
            return null;
        }

        string statement = random.Chance(0.5) ? $"The {kin} of {person} is {other}." : $"{other} is the {kin} of {person}.";
        return new Fact(statement, $"Who is the {kin} of {person}?", $" {other}");
    }

    private static Fact? Taste(World world)
    {
        (SeededRandom random, string person, string food) = (world.Random, world.Person(), world.Random.Pick(Words.Foods));
        if (!world.Claim("taste", person))
        {
            return null;
        }

        string statement = random.Next(3) switch
        {
            0 => $"{person} likes {food} best.",
            1 => $"What {person} likes best is {food}.",
            _ => $"Of all that one can eat, {person} likes {food} best.",
        };
        return new Fact(statement, $"What does {person} like best?", $" {food}");
    }

    private static Fact? Meeting(World world)
    {
        (SeededRandom random, string person) = (world.Random, world.Person());
        string other = world.PersonBeside(person);
        string pair = $"{person} {other}";
        if (world.IsClaimed("met", $"{other} {person}") || !world.Claim("met", pair))
        {
            return null;
        }

        string place = $"at the {random.Pick(Words.Places)} in {world.Town()}";
        string statement = random.Next(3) switch
        {
            0 => $"{person} met {other} {place}.",
            1 => $"One {random.Pick(Words.Times)} {person} met {other} {place}.",
            _ => $"It was {place} that {person} met {other}.",
        };
        return new Fact(statement, $"Where did {person} meet {other}?", $" {place}");
    }

    private static Fact? Building(World world)
    {
        (SeededRandom random, string town) = (world.Random, world.Town());
        string place = $"{random.Pick(Words.Places)} in {town}";
        if (!world.Claim("built", place))
        {
            return null;
        }

        string year = $"1 {random.Between(4, 9)} {random.Next(10)} {random.Next(10)}";
        string statement = random.Chance(0.5)
            ? $"The {place} was built in {year}."
            : $"In {year} {world.Person()} built the {place}.";
        return new Fact(statement, $"In which year was the {place} built?", $" {year}");
    }
}
