using System.Collections.Generic;

namespace MPCache.Evaluation.Documents;

/// <summary>
/// Prose without end: paragraphs of facts and of what merely happens, stories, dialogues, lists, records, diary entries and recipes, all
/// over the people and towns of one world.
/// </summary>
/// <param name="world">The document's world.</param>
internal sealed class Prose(World world)
{
    private static readonly string[] Headings = ["Notes", "Papers", "Pages", "Letters", "Stories", "Records"];

    private readonly SeededRandom _random = world.Random;

    /// <summary>The line at the head of a document.</summary>
    public string Heading() => $"{_random.Pick(Headings)} from {world.Town()}.";

    /// <summary>Appends a passage of a few sentences that belong together.</summary>
    /// <param name="sentences">What it is appended to.</param>
    public void AppendPassage(List<Sentence> sentences)
    {
        switch (_random.Next(16))
        {
            case < 7:
                AppendParagraph(sentences);
                break;
            case < 9:
                AppendStory(sentences);
                break;
            case < 11:
                AppendDialogue(sentences);
                break;
            case 11:
                AppendList(sentences);
                break;
            case 12:
                AppendRecords(sentences);
                break;
            case < 15:
                AppendDiary(sentences);
                break;
            default:
                AppendRecipe(sentences);
                break;
        }
    }

    /// <summary>A sentence of a few words, to fill what is left of a document.</summary>
    public string Short() => _random.Next(8) switch
    {
        0 => $"It was {_random.Pick(Words.Moods)}.",
        1 => $"{world.Person()} {_random.Pick(Words.Acts)}.",
        2 => $"Then came the {_random.Pick(Words.Weathers)}.",
        3 => $"Nobody {_random.Pick(Words.Acts)}.",
        4 => $"{world.Person()} was {_random.Pick(Words.Moods)}.",
        5 => "It rained.",
        6 => $"The {_random.Pick(Words.Animals)} {_random.Pick(Words.Acts)}.",
        _ => "So it was.",
    };

    private void AppendParagraph(List<Sentence> sentences)
    {
        int count = _random.Between(4, 9);
        for (int i = 0; i < count; i++)
        {
            Fact? fact = _random.Chance(0.4) ? Facts.Next(world) : null;
            Add(sentences, fact?.Statement ?? Happening(), i == 0);
        }
    }

    private void AppendStory(List<Sentence> sentences)
    {
        (string hero, string town) = (world.Person(), world.Town());
        string animal = $"{_random.Pick(Words.Looks)} {_random.Pick(Words.Animals)}";
        Add(sentences, _random.Next(3) switch
        {
            0 => $"Once there was {World.A(_random.Pick(Words.Trades))} whom all called {hero}.",
            1 => $"This is what {hero} told us one {_random.Pick(Words.Times)}.",
            _ => $"Long ago {hero} {_random.Pick(Words.Motions)} from {town} to {world.Town()}.",
        }, true);
        int count = _random.Between(4, 10);
        for (int i = 0; i < count; i++)
        {
            Add(sentences, _random.Next(10) switch
            {
                0 => $"There {hero} saw {World.A(animal)}.",
                1 => $"The {animal} {_random.Pick(Words.Acts)}, and {hero} {_random.Pick(Words.Acts)} too.",
                2 => $"\"Give me some {_random.Pick(Words.Foods)},\" said the {_random.Pick(Words.Animals)}.",
                3 => $"But {hero} was {_random.Pick(Words.Moods)} and {_random.Pick(Words.Motions)} {_random.Pick(Words.Adverbs)} home.",
                4 => $"Behind the {_random.Pick(Words.Plants)} stood {World.A(world.Thing())}.",
                5 => $"The {_random.Pick(Words.Weathers)} was so {_random.Pick(Words.Looks)} that nobody {_random.Pick(Words.Acts)}.",
                6 => $"So the {animal} {_random.Pick(Words.Motions)} with {hero} to the {_random.Pick(Words.Places)}.",
                7 => $"After {_random.Pick(Words.Numbers)} days they met {World.A(_random.Pick(Words.Trades))} from {world.Town()}.",
                8 => $"{hero} gave the {_random.Pick(Words.Animals)} a piece of {_random.Pick(Words.Minerals)}.",
                _ => Happening(),
            }, false);
        }

        Add(sentences, _random.Chance(0.5) ? "And that was the end of it." : $"Since then {hero} has never been {_random.Pick(Words.Moods)}.", false);
    }

    private void AppendDialogue(List<Sentence> sentences)
    {
        string first = world.Person();
        string second = world.PersonBeside(first);
        int count = _random.Between(4, 8);
        for (int i = 0; i < count; i++)
        {
            string line = _random.Next(10) switch
            {
                0 => $"Have you seen the {world.Thing()}?",
                1 => $"No, I have not seen {World.A(_random.Pick(Words.Animals))} since {_random.Pick(Words.Months)}.",
                2 => $"I am {_random.Pick(Words.Moods)} today, and so is {world.Person()}.",
                3 => $"Let us talk about the {_random.Pick(Words.Topics)} of {world.Town()}.",
                4 => $"Do you want some {_random.Pick(Words.Foods)} with your {_random.Pick(Words.Foods)}?",
                5 => $"Yes, but first we must go to the {_random.Pick(Words.Places)}.",
                6 => $"What a {_random.Pick(Words.Looks)} {_random.Pick(Words.Things)} you have!",
                7 => $"They say that {world.Person()} {_random.Pick(Words.Motions)} to {world.Town()}.",
                8 when Facts.Next(world) is Fact fact => fact.Statement,
                _ => $"I will {_random.Pick(Words.Transitive)} the {_random.Pick(Words.Things)} in the {_random.Pick(Words.Times)}.",
            };
            Add(sentences, $"{(i % 2 == 0 ? first : second)}: {line}", true);
        }
    }

    private void AppendList(List<Sentence> sentences)
    {
        Add(sentences, $"What {world.Person()} needs for the {_random.Pick(Words.Places)}:", true);
        int count = _random.Between(3, 8);
        for (int i = 0; i < count; i++)
        {
            string entry = _random.Next(3) switch
            {
                0 => $"- some {_random.Pick(Words.Foods)}",
                1 => $"- {World.A(world.Thing())}",
                _ => $"- {World.A(_random.Pick(Words.Things))} of {_random.Pick(Words.Minerals)}",
            };
            sentences.Add(new Sentence(entry, SentenceStart.Line));
        }
    }

    private void AppendRecords(List<Sentence> sentences)
    {
        Add(sentences, $"From the records of the {_random.Pick(Words.Places)} in {world.Town()}:", true);
        int count = _random.Between(3, 8);
        for (int i = 0; i < count; i++)
        {
            string number = _random.Chance(0.5) ? $"{_random.Between(2, 9)}" : $"{_random.Between(1, 9)} {_random.Next(10)}";
            string entry = $"- {_random.Pick(Words.Months)} {_random.Between(1, 9)}, {world.Person()}, {number} ";
            sentences.Add(new Sentence(entry + (_random.Chance(0.5) ? $"bags of {_random.Pick(Words.Foods)}" : "coins"), SentenceStart.Line));
        }
    }

    private void AppendDiary(List<Sentence> sentences)
    {
        Add(sentences, _random.Next(3) switch
        {
            0 => $"{_random.Pick(Words.Weekdays)}.",
            1 => $"{_random.Pick(Words.Months)} {_random.Between(1, 9)}.",
            _ => $"{world.Town()}, in the {_random.Pick(Words.Times)}.",
        }, true);
        int count = _random.Between(3, 7);
        for (int i = 0; i < count; i++)
        {
            Add(sentences, _random.Next(9) switch
            {
                0 => $"The {_random.Pick(Words.Weathers)} did not stop until {_random.Pick(Words.Times)}.",
                1 => $"I {_random.Pick(Words.Motions)} to the {_random.Pick(Words.Places)} and was {_random.Pick(Words.Moods)}.",
                2 => $"For dinner we had {_random.Pick(Words.Foods)} and {_random.Pick(Words.Foods)}.",
                3 => $"{world.Person()} came and {_random.Pick(Words.Acts)} for an hour.",
                4 => $"I {_random.Pick(Words.TransitivePast)} my {_random.Pick(Words.Things)}.",
                5 => $"I wrote to {world.Person()} about the {_random.Pick(Words.Topics)}.",
                6 when Facts.Next(world) is Fact fact => fact.Statement,
                7 => $"I am {_random.Pick(Words.Moods)}, but not {_random.Pick(Words.Moods)}.",
                _ => Happening(),
            }, false);
        }
    }

    private void AppendRecipe(List<Sentence> sentences)
    {
        (string main, string side) = (_random.Pick(Words.Foods), _random.Pick(Words.Foods));
        Add(sentences, $"How {world.Person()} cooks {main} with {side}.", true);
        int count = _random.Between(3, 6);
        for (int i = 0; i < count; i++)
        {
            Add(sentences, _random.Next(7) switch
            {
                0 => $"Take {_random.Pick(Words.Numbers)} spoons of {_random.Pick(Words.Foods)}.",
                1 => $"Cut the {main} into {_random.Pick(Words.Looks)} pieces.",
                2 => $"Put the {side} into {World.A(_random.Pick(Words.Materials))} {_random.Pick(Words.Things)}.",
                3 => $"Wait for {_random.Pick(Words.Numbers)} minutes.",
                4 => $"Add {_random.Pick(Words.Foods)}, but {_random.Pick(Words.Adverbs)}.",
                5 => $"Cook it until the {main} is {_random.Pick(Words.Colours)}.",
                _ => $"If there is no {side}, use {_random.Pick(Words.Foods)}.",
            }, false);
        }
    }

    /// <summary>A sentence that states nothing one is asked about.</summary>
    private string Happening() => _random.Next(24) switch
    {
        0 => $"{world.Person()} {_random.Pick(Words.Motions)} {_random.Pick(Words.Adverbs)} to the {_random.Pick(Words.Places)}.",
        1 => $"In the {_random.Pick(Words.Times)} the {_random.Pick(Words.Weathers)} came from the sea.",
        2 => $"{world.Person()} and {world.Person()} talked about the {_random.Pick(Words.Topics)}.",
        3 => $"There was {World.A(world.Thing())} on the {_random.Pick(Words.Furniture)}.",
        4 => $"Nobody in {world.Town()} was {_random.Pick(Words.Moods)} that {_random.Pick(Words.Times)}.",
        5 => $"The {_random.Pick(Words.Animals)} {_random.Pick(Words.Acts)} {_random.Pick(Words.Prepositions)} the {_random.Pick(Words.Plants)}.",
        6 => $"{world.Person()} was {_random.Pick(Words.Moods)}, because the {_random.Pick(Words.Things)} was {_random.Pick(Words.Looks)}.",
        7 => $"{Capital(World.A(_random.Pick(Words.Animals)))} was seen near {world.Town()}.",
        8 => $"The {_random.Pick(Words.Trades)} {_random.Pick(Words.TransitivePast)} {World.A(world.Thing())} and {_random.Pick(Words.Acts)}.",
        9 => $"When {world.Person()} {_random.Pick(Words.Acts)}, the {_random.Pick(Words.Trades)} {_random.Pick(Words.Acts)} {_random.Pick(Words.Adverbs)}.",
        10 => $"It is {World.A(_random.Pick(Words.Looks))} road from {world.Town()} to {world.Town()}.",
        11 => $"{world.Person()} thought of the {_random.Pick(Words.Topics)} and {_random.Pick(Words.Acts)}.",
        12 => $"{Capital(World.A(_random.Pick(Words.Materials)))} {_random.Pick(Words.Things)} is worth more than {World.A(_random.Pick(Words.Looks))} one.",
        13 => $"The people of {world.Town()} eat {_random.Pick(Words.Foods)} with {_random.Pick(Words.Foods)}.",
        14 => $"If the {_random.Pick(Words.Weathers)} comes, {world.Person()} will {_random.Pick(Words.Transitive)} the {_random.Pick(Words.Things)}.",
        15 => $"All {_random.Pick(Words.Times)} the {_random.Pick(Words.Colours)} {_random.Pick(Words.Animals)} {_random.Pick(Words.Acts)}.",
        16 => $"{world.Person()} does not like the {_random.Pick(Words.Weathers)} in {_random.Pick(Words.Months)}.",
        17 => $"They gave {world.Person()} {World.A(_random.Pick(Words.Things))} and {World.A(_random.Pick(Words.Animals))}.",
        18 => $"The {_random.Pick(Words.Plants)} in the {_random.Pick(Words.Places)} is {_random.Pick(Words.Looks)}.",
        19 => $"Every {_random.Pick(Words.Trades)} knows what {_random.Pick(Words.Minerals)} is worth.",
        20 => $"{world.Person()} {_random.Pick(Words.TransitivePast)} the {_random.Pick(Words.Things)} of {world.Person()} in {_random.Pick(Words.Months)}.",
        21 => $"It was {_random.Pick(Words.Looks)} and {_random.Pick(Words.Looks)}, like {World.A(_random.Pick(Words.Things))} of {_random.Pick(Words.Materials)}.",
        22 => $"{world.Person()} asked the {_random.Pick(Words.Trades)} about the {_random.Pick(Words.Topics)}, but got no answer.",
        _ => $"Without {_random.Pick(Words.Foods)} there is no {_random.Pick(Words.Times)}, says {world.Person()}.",
    };

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static void Add(List<Sentence> sentences, string text, bool begins) =>
        sentences.Add(new Sentence(text, begins ? SentenceStart.Paragraph : SentenceStart.Inline));
}
