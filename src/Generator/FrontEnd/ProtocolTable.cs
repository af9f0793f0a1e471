using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>A protocol of a referenced assembly.</summary>
/// <param name="Name">The method's qualified name.</param>
/// <param name="Text">The canonical text without spans, or null where its format is unknown.</param>
/// <param name="Calls">The protocols it calls.</param>
/// <param name="Version">The text's format.</param>
internal sealed record ProtocolText(string Name, string? Text, EquatableArray<CalledProtocol> Calls, int Version);

/// <summary>Every protocol that a method of this assembly can call.</summary>
/// <param name="Local">Those of this assembly, by name.</param>
/// <param name="Referenced">Those of referenced assemblies, by name.</param>
internal sealed record ProtocolTable(EquatableArray<LoweredMethod> Local, EquatableArray<ProtocolText> Referenced)
{
    public static ProtocolTable Of(ImmutableArray<LoweredMethod> local, EquatableArray<ProtocolText> referenced) =>
        new(local.OrderBy(p => p.Name, StringComparer.Ordinal).ToEquatableArray(), referenced);

    /// <summary>
    /// What an entry point is compiled from: its text and the texts it reaches, by name. Equal after every edit that touches none of them.
    /// </summary>
    public Closure ClosureOf(LoweredMethod entry)
    {
        Dictionary<string, LoweredMethod> local = ByName();
        Dictionary<string, ProtocolText> referenced = Referenced.GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.First());
        SortedDictionary<string, string> texts = new(StringComparer.Ordinal);
        bool isComplete = entry.Text is not null;
        Stack<EquatableArray<CalledProtocol>> open = new([entry.Calls]);
        while (open.Count > 0)
        {
            foreach (CalledProtocol call in open.Pop())
            {
                if (texts.ContainsKey(call.Target))
                {
                    continue;
                }

                (string? text, EquatableArray<CalledProtocol> calls) =
                    local.TryGetValue(call.Target, out LoweredMethod? method) ? (method.Text, method.Calls)
                    : referenced.TryGetValue(call.Target, out ProtocolText? protocol) ? (protocol.Text, protocol.Calls)
                    : (null, EquatableArray<CalledProtocol>.Empty);
                isComplete &= text is not null;
                texts[call.Target] = text ?? "";
                open.Push(calls);
            }
        }

        HashSet<string> circular = [.. Circles().Select(c => c.Caller)];
        isComplete &= !texts.Keys.Any(circular.Contains);
        return new Closure(
            entry.Name,
            isComplete ? entry.Text : null,
            isComplete ? texts.Select(t => new NamedText(t.Key, t.Value)).ToEquatableArray() : EquatableArray<NamedText>.Empty,
            entry.Dimensions,
            entry.Budgets);
    }

    /// <summary>What is wrong with calls: those that close a circle, and those of a method whose body nobody compiled.</summary>
    public EquatableArray<Diagnosis> Diagnoses(ImmutableArray<LoweredMethod> entries)
    {
        HashSet<string> local = [.. Local.Select(p => p.Name)];
        Dictionary<string, ProtocolText> referenced = Referenced.GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.First());
        List<Diagnosis> diagnoses = [];
        foreach ((string caller, CalledProtocol call) in Circles())
        {
            diagnoses.Add(At(caller, call, Rejection.Recursion(Short(call.Target))));
        }

        foreach (LoweredMethod method in entries.Concat(Local))
        {
            foreach (CalledProtocol call in method.Calls.Where(c => !local.Contains(c.Target)))
            {
                if (!referenced.TryGetValue(call.Target, out ProtocolText? protocol))
                {
                    diagnoses.Add(At(method.Name, call, Rejection.BodyMissing(Short(call.Target))));
                }
                else if (protocol.Text is null)
                {
                    diagnoses.Add(At(method.Name, call, Rejection.BodyVersion(Short(call.Target), protocol.Version)));
                }
            }
        }

        return diagnoses.ToEquatableArray();
    }

    /// <summary>The calls that lead back to a method still being followed, in a depth-first walk in the order of names.</summary>
    private List<(string Caller, CalledProtocol Call)> Circles()
    {
        Dictionary<string, LoweredMethod> local = ByName();
        List<(string, CalledProtocol)> circles = [];
        HashSet<string> followed = [];
        HashSet<string> finished = [];

        void Follow(LoweredMethod method)
        {
            followed.Add(method.Name);
            foreach (CalledProtocol call in method.Calls)
            {
                if (followed.Contains(call.Target))
                {
                    circles.Add((method.Name, call));
                }
                else if (!finished.Contains(call.Target) && local.TryGetValue(call.Target, out LoweredMethod? next))
                {
                    Follow(next);
                }
            }

            followed.Remove(method.Name);
            finished.Add(method.Name);
        }

        foreach (LoweredMethod method in Local.Where(m => !finished.Contains(m.Name)))
        {
            Follow(method);
        }

        return circles;
    }

    private Dictionary<string, LoweredMethod> ByName() => Local.GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.First());

    private static Diagnosis At(string function, CalledProtocol call, Rejection rejection) =>
        new(rejection.Id, rejection.Message, function, call.Start, call.Length);

    private static string Short(string qualified)
    {
        string name = qualified.Split('/')[0];
        return name.Substring(name.LastIndexOf('.') + 1);
    }
}

/// <summary>An entry point and all it reaches: what compiling it depends on, and nothing else.</summary>
/// <param name="Name">The entry point's name.</param>
/// <param name="Text">Its text, or null where something that it reaches does not compile.</param>
/// <param name="Protocols">The texts of the protocols it reaches, by name.</param>
/// <param name="Dimensions">The dimensions that it declares itself.</param>
/// <param name="Budgets">What it may cost.</param>
internal sealed record Closure(string Name, string? Text, EquatableArray<NamedText> Protocols,
    EquatableArray<DeclaredDimension> Dimensions, EquatableArray<Budget> Budgets);

/// <summary>A text by its name.</summary>
internal sealed record NamedText(string Name, string Text);
