using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator;
using MPCache.Generator.FrontEnd;

namespace MPCache.Bench.Compiler.Running;

/// <summary>
/// What the generator may compute again after an edit; each answer is what it did otherwise, in words, none where all is well.
/// </summary>
internal static class EditCheck
{
    /// <summary>After an edit that changes no program the front end's outputs are what they were, and nothing else is computed.</summary>
    public static IReadOnlyList<string> Unrelated(GeneratorRunResult result) =>
    [
        .. RunSteps.FrontEnd.SelectMany(step => Unexpected(result, step, IncrementalStepRunReason.Unchanged)),
        .. RunSteps.Later.Append(RunSteps.Outputs).SelectMany(step => Unexpected(
            // Where a declaration stands is joined with its diagnostics last of all.
            result, step, step == Steps.Reports ? IncrementalStepRunReason.Unchanged : IncrementalStepRunReason.Cached)),
    ];

    /// <summary>After an edit in a method it is another, and the entry points that reach it are compiled, and no others.</summary>
    /// <param name="result">The run.</param>
    /// <param name="method">The method's full name.</param>
    /// <param name="reaching">The entry points that reach it.</param>
    public static IReadOnlyList<string> Edited(GeneratorRunResult result, string method, IReadOnlySet<string> reaching)
    {
        ArgumentNullException.ThrowIfNull(reaching);
        IEnumerable<string> read = new[] { Steps.EntryPoints, Steps.Protocols }
            .SelectMany(step => Changed(RunSteps.Of(result, step))).Select(v => ((LoweredMethod)v).Name);
        return
        [
            .. Differences("read anew", read, new HashSet<string> { method }),
            .. Differences("compiled anew", Compiled(result), reaching),
            .. new[] { Steps.Residents, Steps.States, Steps.ReferencedProtocols }
                .SelectMany(step => Unexpected(result, step, IncrementalStepRunReason.Unchanged)),
        ];
    }

    /// <summary>The entry points that were compiled, with whatever result.</summary>
    public static IEnumerable<string> Compiled(GeneratorRunResult result) =>
        RunSteps.Of(result, Steps.Programs)
            .Where(o => o.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Removed))
            .Select(o => ((CompiledEntry)o.Value).Name);

    private static IEnumerable<object> Changed(IEnumerable<(object Value, IncrementalStepRunReason Reason)> outputs) =>
        outputs.Where(o => o.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged)).Select(o => o.Value);

    private static IEnumerable<string> Differences(string done, IEnumerable<string> names, IReadOnlySet<string> wanted)
    {
        HashSet<string> found = [.. names];
        return found.Except(wanted).Select(n => $"{n} was {done} though it does not reach the edit")
            .Concat(wanted.Except(found).Select(n => $"{n} was not {done} though it reaches the edit"));
    }

    private static IEnumerable<string> Unexpected(GeneratorRunResult result, string step, IncrementalStepRunReason atMost) =>
        RunSteps.Of(result, step).Select(o => o.Reason)
            .Where(r => r != IncrementalStepRunReason.Cached && r != atMost)
            .GroupBy(r => r)
            .Select(g => FormattableString.Invariant($"{g.Count()} of {step} are {g.Key} where {atMost} is right"));
}
