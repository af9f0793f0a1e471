using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Execution;
using MPCache.FixedPoint;
using MPCache.Ring;

namespace MPCache.Sessions;

/// <summary>How one expression came out in one loop iteration.</summary>
/// <param name="Site">The expression's number in the program's site table.</param>
/// <param name="Expression">The author's expression.</param>
/// <param name="Outer">The outer loop's iteration, 0 outside of loops.</param>
/// <param name="Inner">The inner loop's iteration.</param>
/// <param name="Count">Elements. Shapes are not compared: a program may hold a tensor laid out differently than the author sees it.</param>
/// <param name="PlainToClear">The largest |plain − clear|: what fixed point, tables and truncation cost.</param>
/// <param name="ClearToTwoParty">The largest |clear − two-party|: what the coins of truncations on masked values cost.</param>
/// <param name="Largest">The largest |plain|.</param>
public sealed record TraceRow(
    int Site, string Expression, long Outer, long Inner, int Count, double PlainToClear, double ClearToTwoParty, double Largest);

/// <summary>An element that comes out differently.</summary>
/// <param name="Site">The expression's number in the program's site table.</param>
/// <param name="Expression">The author's expression.</param>
/// <param name="Outer">The outer loop's iteration, 0 outside of loops.</param>
/// <param name="Inner">The inner loop's iteration.</param>
/// <param name="Element">The element's number in row-major order.</param>
/// <param name="Plain">Its value in plain floating point.</param>
/// <param name="Clear">Its value in the ring, without masks.</param>
/// <param name="TwoParty">Its value between two parties.</param>
public sealed record TraceDivergence(
    int Site, string Expression, long Outer, long Inner, int Element, double Plain, double Clear, double TwoParty)
{
    /// <summary>The divergence in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"«{Expression}» (iteration {Outer}, {Inner}) at element {Element}: plain {Plain:G9}, clear {Clear:G9}, two-party {TwoParty:G9}");
}

/// <summary>
/// One call computed three ways and held against each other, expression by expression: the author's method in plain floating point, the
/// compiled program in the clear, and the compiled program between two parties.
/// </summary>
/// <param name="Program">The program's name.</param>
/// <param name="Tolerance">
/// The difference allowed, in units of an expression's largest absolute value in this iteration or of 1, whichever is more.
/// </param>
/// <param name="Rows">Every expression in every iteration, in the order of the plain execution.</param>
/// <param name="FirstDivergence">The first element beyond the tolerance, in the same order; null where all agree.</param>
public sealed record TraceComparison(string Program, double Tolerance, IReadOnlyList<TraceRow> Rows, TraceDivergence? FirstDivergence)
{
    /// <summary>Compares three recordings of the same call.</summary>
    /// <param name="program">The program.</param>
    /// <param name="plain">The plain execution.</param>
    /// <param name="clear">The execution in the clear.</param>
    /// <param name="server">What the server held.</param>
    /// <param name="client">What the client held.</param>
    /// <param name="tolerance">See <see cref="Tolerance"/>.</param>
    /// <exception cref="InvalidOperationException">
    /// The recordings are not of the same call, or the parties hold different openings.
    /// </exception>
    public static TraceComparison Of(
        ProgramInterface program, IReadOnlyList<TracedTensor> plain, IReadOnlyList<TracedWords> clear, IReadOnlyList<TracedWords> server,
        IReadOnlyList<TracedWords> client, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        Dictionary<(int, long, long), TracedWords> clearly = ByPlace(program, clear);
        Dictionary<(int, long, long), TracedWords> servers = ByPlace(program, server);
        Dictionary<(int, long, long), TracedWords> clients = ByPlace(program, client);
        if (plain.Count != clearly.Count || plain.Count != servers.Count || plain.Count != clients.Count)
        {
            throw new InvalidOperationException(
                $"{program.Name} has {plain.Count} values in plain numbers, {clearly.Count} in the clear, "
                + $"{servers.Count} at the server, {clients.Count} at the client.");
        }

        List<TraceRow> rows = [];
        TraceDivergence? first = null;
        foreach (TracedTensor value in plain)
        {
            (int, long, long) place = (value.Site, value.Outer, value.Inner);
            string expression = program.Sites[value.Site];
            if (!clearly.TryGetValue(place, out TracedWords? inClear) || !servers.TryGetValue(place, out TracedWords? atServer)
                || !clients.TryGetValue(place, out TracedWords? atClient))
            {
                throw new InvalidOperationException($"{program.Name}: «{expression}» is not observed in every execution.");
            }

            double[] masked = Decode(inClear, null, expression);
            double[] shared = Decode(atServer, atClient, expression);
            ReadOnlySpan<float> numbers = value.Value.Values;
            if (masked.Length != numbers.Length || shared.Length != numbers.Length)
            {
                throw new InvalidOperationException(
                    $"{program.Name}: «{expression}» has {numbers.Length} elements in plain numbers, {masked.Length} in the clear, "
                    + $"{shared.Length} between the parties.");
            }

            rows.Add(Row(value, expression, masked, shared));
            first ??= Divergence(value, expression, masked, shared, tolerance * Math.Max(1, rows[^1].Largest));
        }

        return new TraceComparison(program.Name, tolerance, rows, first);
    }

    private static Dictionary<(int, long, long), TracedWords> ByPlace(ProgramInterface program, IReadOnlyList<TracedWords> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        Dictionary<(int, long, long), TracedWords> places = [];
        foreach (TracedWords value in values)
        {
            if (!places.TryAdd((value.Site, value.Outer, value.Inner), value))
            {
                throw new InvalidOperationException($"{program.Name}: «{program.Sites[value.Site]}» is observed twice in one iteration.");
            }
        }

        return places;
    }

    /// <summary>
    /// x = x̂ − r_0 − r_1, where both parties have x̂; in the clear both mask shares are zero, and a public value has none. Of what is never
    /// opened x = x_0 + x_1, in the clear x itself.
    /// </summary>
    private static double[] Decode(TracedWords value, TracedWords? other, string expression)
    {
        if (other is not null
            && !(value.IsShare ? value.First.Length == other.First.Length : value.First.AsSpan().SequenceEqual(other.First)))
        {
            throw new InvalidOperationException($"The parties hold different openings of «{expression}».");
        }

        double[] numbers = new double[value.First.Length];
        for (int i = 0; i < numbers.Length; i++)
        {
            ulong raw = other is null ? value.First[i] - Share(value, i)
                : value.IsShare ? value.First[i] + other.First[i]
                : value.First[i] - Share(value, i) - Share(other, i);
            // A bit is 0 or 1, not 0 or −1.
            numbers[i] = value.Ring == 1 ? raw & 1 : Encode.ToDouble(raw & RingWord.Mask(value.Ring), value.Ring, value.Scale);
        }

        return numbers;
    }

    private static ulong Share(TracedWords value, int element) => value.Second.Length == 0 ? 0 : value.Second[element];

    private static TraceRow Row(TracedTensor value, string expression, double[] clear, double[] shared)
    {
        ReadOnlySpan<float> plain = value.Value.Values;
        (double toClear, double toShared, double largest) = (0, 0, 0);
        for (int i = 0; i < plain.Length; i++)
        {
            toClear = Math.Max(toClear, Math.Abs(plain[i] - clear[i]));
            toShared = Math.Max(toShared, Math.Abs(clear[i] - shared[i]));
            largest = Math.Max(largest, Math.Abs(plain[i]));
        }

        return new TraceRow(value.Site, expression, value.Outer, value.Inner, plain.Length, toClear, toShared, largest);
    }

    private static TraceDivergence? Divergence(TracedTensor value, string expression, double[] clear, double[] shared, double allowed)
    {
        ReadOnlySpan<float> plain = value.Value.Values;
        for (int i = 0; i < plain.Length; i++)
        {
            // Written so that a NaN, which compares false with everything, diverges.
            if (!(Math.Abs(plain[i] - clear[i]) <= allowed && Math.Abs(clear[i] - shared[i]) <= allowed))
            {
                return new TraceDivergence(value.Site, expression, value.Outer, value.Inner, i, plain[i], clear[i], shared[i]);
            }
        }

        return null;
    }
}
