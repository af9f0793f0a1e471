using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>
/// Puts a document together: prose, statements at places that are uniformly distributed over it, and questions after them, within a
/// number of tokens.
/// </summary>
/// <param name="world">The document's world.</param>
/// <param name="measure">What counts tokens.</param>
internal sealed class Composition(World world, TextMeasure measure)
{
    private const int BeginOfText = 1;
    private const int Newline = 1;
    private const int MostMisses = 8;

    private readonly Prose _prose = new(world);
    private readonly List<(Challenge Challenge, int Questions)> _challenges = [];

    /// <summary>What statements and questions take at most, in tokens.</summary>
    public int Fixed { get; private set; }

    /// <summary>Adds statements and questions about them.</summary>
    /// <param name="challenge">The statements and questions.</param>
    /// <param name="questions">How many of the questions are asked, at most.</param>
    public void Add(Challenge challenge, int questions)
    {
        questions = Math.Min(questions, challenge.Questions.Count);
        _challenges.Add((challenge, questions));
        Fixed += Cost(challenge, questions);
    }

    /// <summary>What a challenge takes at most, in tokens: with the newline that sets off what follows a line or a question.</summary>
    public int Cost(Challenge challenge, int questions) =>
        challenge.Statements.Sum(s => measure.Count(AtParagraph(s).Spaced) + (s.Start == SentenceStart.Line ? Newline : 0))
        + challenge.Questions.Take(questions).Sum(q => measure.Count(Asked(q)) + measure.Count(q.Answer) + Newline);

    /// <summary>Composes a document that ends with the answer to its question.</summary>
    /// <param name="length">Its length in tokens, at most.</param>
    public Document ToSample(int length)
    {
        List<Item> questions = [];
        List<Item> body = Place(length, 0, 0, questions);
        return Lay(body, questions, length, 0);
    }

    /// <summary>Composes a document with questions among the prose and at the end, where a newline follows the last.</summary>
    /// <param name="length">Its length in tokens, at most, the newline included.</param>
    /// <param name="asksAmongProse">The probability of a question to stand among the prose.</param>
    public Document ToLesson(int length, double asksAmongProse)
    {
        List<Item> questions = [];
        List<Item> body = Place(length, Newline, asksAmongProse, questions);
        Item[] shuffled = [.. questions];
        for (int i = 0; i < shuffled.Length; i++)
        {
            int other = world.Random.Between(i, shuffled.Length - 1);
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        Document document = Lay(body, shuffled, length, Newline);
        return document with { Segments = [.. document.Segments, new Segment("\n", false)], Tokens = document.Tokens + Newline };
    }

    /// <summary>Makes the prose and places statements and questions in it; questions for the end go to another list.</summary>
    private List<Item> Place(int length, int reserved, double asksAmongProse, List<Item> atEnd)
    {
        string heading = _prose.Heading();
        List<Item> items = [new(0, heading, SentenceStart.Line, "", null)];
        int prose = Fill(items, length - reserved - BeginOfText - measure.Count(heading) - Fixed);
        foreach ((Challenge challenge, int questions) in _challenges)
        {
            int[] places = [.. challenge.Statements.Select(_ => world.Random.Next(prose + 1)).Order()];
            for (int i = 0; i < places.Length; i++)
            {
                items.Add(new Item(places[i], challenge.Statements[i].Text, challenge.Statements[i].Start, "", null)
                {
                    IsAskedFor = questions > 0 && challenge.Questions[0].First == i,
                });
            }

            foreach (ChallengeQuestion question in challenge.Questions.Take(questions))
            {
                bool among = asksAmongProse > 0 && world.Random.Chance(asksAmongProse);
                int after = question.Last < 0 ? 0 : places[question.Last];
                int place = among ? after + world.Random.Next(prose - after + 1) : prose;
                (among ? items : atEnd).Add(new Item(place, "", SentenceStart.Line, Asked(question), question.Answer));
            }
        }

        // Stable: what is at one place stands in the order in which it was added, prose first.
        return [.. items.OrderBy(item => item.Place)];
    }

    /// <summary>Appends prose of at most as many tokens, each sentence at the number of tokens before it.</summary>
    private int Fill(List<Item> items, int budget)
    {
        int used = 0;
        List<Sentence> passage = [];
        bool fits = true;
        while (fits)
        {
            passage.Clear();
            _prose.AppendPassage(passage);
            foreach (Sentence sentence in passage)
            {
                int tokens = measure.Count(sentence.Spaced);
                fits = used + tokens <= budget;
                if (!fits)
                {
                    break;
                }

                items.Add(new Item(used, sentence.Text, sentence.Start, "", null));
                used += tokens;
            }
        }

        return used;
    }

    /// <summary>Strings everything together, and fills what is left before the questions at the end.</summary>
    private Document Lay(List<Item> body, IReadOnlyList<Item> atEnd, int length, int reserved)
    {
        List<Segment> segments = new(body.Count + (2 * atEnd.Count) + 4);
        int tokens = BeginOfText;
        int? asked = null;
        bool breaks = false;
        void Append(string text, bool isAnswer)
        {
            segments.Add(new Segment(text, isAnswer));
            tokens += measure.Count(text);
        }

        void AppendQuestion(Item item)
        {
            Append(item.Question, false);
            Append(item.Answer!, true);
        }

        foreach (Item item in body)
        {
            if (item.Answer is not null)
            {
                AppendQuestion(item);
                breaks = true;
                continue;
            }

            if (item.IsAskedFor)
            {
                asked ??= tokens;
            }

            Sentence sentence = new(item.Text, breaks && item.Start == SentenceStart.Inline ? SentenceStart.Paragraph : item.Start);
            Append(segments.Count == 0 ? item.Text : sentence.Spaced, false);
            breaks = item.Start == SentenceStart.Line;
        }

        int questions = atEnd.Sum(q => measure.Count(q.Question) + measure.Count(q.Answer!));
        for (int misses = 0; misses < MostMisses;)
        {
            string text = new Sentence(_prose.Short(), breaks ? SentenceStart.Paragraph : SentenceStart.Inline).Spaced;
            if (tokens + questions + reserved + measure.Count(text) <= length)
            {
                Append(text, false);
                breaks = false;
            }
            else
            {
                misses++;
            }
        }

        double? depth = asked is int start ? (start - BeginOfText) / (double)(tokens - BeginOfText) : null;
        foreach (Item item in atEnd)
        {
            AppendQuestion(item);
        }

        return new Document(segments, depth, tokens);
    }

    private static Sentence AtParagraph(Sentence sentence) =>
        sentence.Start == SentenceStart.Inline ? sentence with { Start = SentenceStart.Paragraph } : sentence;

    private static string Asked(ChallengeQuestion question) => $"\nQuestion: {question.Text}\nAnswer:";

    /// <summary>What stands at a place: a sentence, or a question with its answer.</summary>
    private readonly record struct Item(int Place, string Text, SentenceStart Start, string Question, string? Answer)
    {
        public bool IsAskedFor { get; init; }
    }
}
