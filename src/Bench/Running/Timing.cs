using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace MPCache.Bench.Running;

/// <summary>How long repetitions of the same work took.</summary>
/// <param name="Median">The median, in seconds.</param>
/// <param name="Min">The shortest, in seconds.</param>
/// <param name="Max">The longest, in seconds.</param>
/// <param name="Runs">How many there were; 0 where the time is the difference of two medians.</param>
internal sealed record Timing(double Median, double Min, double Max, int Runs)
{
    /// <summary>A repetition of a short work runs it so often that it takes at least this long, which a clock resolves.</summary>
    private static readonly TimeSpan LeastRepetition = TimeSpan.FromMilliseconds(20);

    /// <summary>Work runs at least this long before it counts: until then the runtime has compiled it as well as it will.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(200);

    /// <summary>Describes repetitions.</summary>
    /// <param name="seconds">What each took, at least one.</param>
    public static Timing Of(IReadOnlyCollection<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return new Timing((sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2, sorted[0], sorted[^1], sorted.Length);
    }

    /// <summary>Describes repetitions.</summary>
    /// <param name="times">What each took, at least one.</param>
    public static Timing Of(IEnumerable<TimeSpan> times) => Of([.. times.Select(t => t.TotalSeconds)]);

    /// <summary>What was not run: the difference of two medians.</summary>
    public static Timing Difference(TimeSpan time) => new(time.TotalSeconds, time.TotalSeconds, time.TotalSeconds, 0);

    /// <summary>Runs work until it is warm, and then several times.</summary>
    /// <param name="work">The work, the same at every run.</param>
    /// <param name="repeat">How many repetitions count.</param>
    /// <returns>Seconds a run of the work.</returns>
    public static Timing Measure(Action work, int repeat) => InTurns([work], repeat)[0];

    /// <summary>Runs several works until they are warm, and then in turns: what the machine does beside them falls on all.</summary>
    /// <param name="works">The works, the same at every run.</param>
    /// <param name="repeat">How many repetitions of each count.</param>
    /// <returns>Seconds a run of each work.</returns>
    public static Timing[] InTurns(IReadOnlyList<Action> works, int repeat)
    {
        ArgumentNullException.ThrowIfNull(works);
        int[] runs = [.. works.Select(WarmUpOf)];
        List<double>[] seconds = [.. works.Select(_ => new List<double>())];
        for (int repetition = 0; repetition < repeat; repetition++)
        {
            for (int work = 0; work < works.Count; work++)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < runs[work]; i++)
                {
                    works[work]();
                }

                seconds[work].Add(Stopwatch.GetElapsedTime(start).TotalSeconds / runs[work]);
            }
        }

        return [.. seconds.Select(Of)];
    }

    /// <summary>Runs work until it is warm; returns how many runs make a repetition.</summary>
    private static int WarmUpOf(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        int warm = 0;
        do
        {
            work();
            warm++;
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp);
        return Math.Max(1, (int)(LeastRepetition / Stopwatch.GetElapsedTime(start) * warm));
    }
}
