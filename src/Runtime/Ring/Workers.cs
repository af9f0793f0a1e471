using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace MPCache.Ring;

/// <summary>Work on a range of items that several cores may share: parts do not depend on each other.</summary>
public interface IWork
{
    /// <summary>Does a part.</summary>
    /// <param name="from">The first item.</param>
    /// <param name="to">The item after the last one.</param>
    void Do(int from, int to);
}

/// <summary>
/// Lets all cores work on one thing. The caller works too and waits for parts that others have begun, never for others to begin, so a busy
/// thread pool costs nothing. In the steady state nothing is allocated.
/// </summary>
public static class Workers
{
    /// <summary>Parts a core: whoever is done sooner takes another.</summary>
    private const int PartsACore = 2;

    private static int count = Environment.ProcessorCount;

    /// <summary>
    /// How many cores work in this process, at least one: as many as it has unless set (<c>DOTNET_PROCESSOR_COUNT</c> says how many it has).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than one.</exception>
    public static int Count
    {
        get => count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            count = value;
        }
    }

    /// <summary>Into how many parts items are cut: at least one.</summary>
    /// <param name="items">How many there are.</param>
    /// <param name="least">The fewest items that are worth a part of their own.</param>
    public static int Parts(int items, int least) => Parts(items, least, Count);

    /// <summary>Does work on items 0 to <paramref name="items"/> − 1.</summary>
    /// <param name="items">How many there are.</param>
    /// <param name="least">The fewest items that are worth a part of their own.</param>
    /// <param name="work">What is done.</param>
    public static void For<TWork>(int items, int least, in TWork work)
        where TWork : struct, IWork => For(items, least, Count, work);

    /// <summary>Does work with a number of cores.</summary>
    internal static void For<TWork>(int items, int least, int cores, TWork work)
        where TWork : struct, IWork
    {
        int parts = Parts(items, least, cores);
        if (parts == 1)
        {
            work.Do(0, items);
            return;
        }

        Job<TWork> job = Job<TWork>.Start(work, items, parts, Math.Min(cores, parts) - 1);
        job.WorkAndWait();
    }

    private static int Parts(int items, int least, int cores) =>
        cores == 1 ? 1 : (int)Math.Max(1, Math.Min(items / Math.Max(1, least), (long)cores * PartsACore));

    private sealed class Job<TWork> : IThreadPoolWorkItem
        where TWork : struct, IWork
    {
        private static readonly Stack<Job<TWork>> Idle = [];

        private TWork work;
        private int items;
        private int parts;
        private int next;
        private int done;
        private int users;
        private ExceptionDispatchInfo? failure;

        public static Job<TWork> Start(in TWork work, int items, int parts, int helpers)
        {
            Job<TWork>? job;
            lock (Idle)
            {
                job = Idle.TryPop(out Job<TWork>? idle) ? idle : new Job<TWork>();
            }

            (job.work, job.items, job.parts, job.next, job.done, job.users, job.failure) = (work, items, parts, 0, 0, helpers + 1, null);
            for (int i = 0; i < helpers; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);
            }

            return job;
        }

        /// <summary>A helper's turn, which may come when everything is done.</summary>
        public void Execute()
        {
            Work();
            Leave();
        }

        public void WorkAndWait()
        {
            Work();
            SpinWait wait = default;
            while (Volatile.Read(ref done) < parts)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }

            ExceptionDispatchInfo? failed = failure;
            Leave();
            failed?.Throw();
        }

        private void Work()
        {
            for (int part = Interlocked.Increment(ref next) - 1; part < parts; part = Interlocked.Increment(ref next) - 1)
            {
                try
                {
                    work.Do(Edge(part), Edge(part + 1));
                }
                catch (Exception e)
                {
                    // It belongs to the caller, on whichever thread it came up.
                    failure ??= ExceptionDispatchInfo.Capture(e);
                }

                Interlocked.Increment(ref done);
            }
        }

        private int Edge(int part) => (int)((long)items * part / parts);

        /// <summary>The last one to leave puts the job where the next caller finds it.</summary>
        private void Leave()
        {
            if (Interlocked.Decrement(ref users) == 0)
            {
                (work, failure) = (default, null);
                lock (Idle)
                {
                    Idle.Push(this);
                }
            }
        }
    }
}
