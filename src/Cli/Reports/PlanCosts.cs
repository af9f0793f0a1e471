using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Cli.Reports;

/// <summary>What one opening, reveal or input adds to a call.</summary>
internal sealed record EntryCost(string Gate, string Expression, long ServerToClient, long ClientToServer, string Argument);

/// <summary>What a flight costs in a call, all iterations around it together; bytes include the messages' headers.</summary>
internal sealed record FlightCost(int Id, int Runs, IReadOnlyList<EntryCost> Entries, long ServerToClient, long ClientToServer);

/// <summary>What a part of the client's prepared message takes in a call.</summary>
internal sealed record PreparedCost(string Gate, string Expression, int Runs, long Bytes);

/// <summary>What the corrections of a slot take on the tape in a call.</summary>
internal sealed record TapeCost(int Slot, string Gate, string Expression, int Runs, long Bytes);

/// <summary>A program's plan in numbers, for given dimensions.</summary>
internal sealed class PlanCosts
{
    private readonly List<FlightCost> flights = [];
    private readonly List<PreparedCost> prepared = [];
    private readonly List<TapeCost> tape = [];
    private readonly string program;

    private PlanCosts(string program, IReadOnlyDictionary<string, long> dimensions, PlanTotals totals)
    {
        this.program = program;
        Dimensions = dimensions;
        Totals = totals;
    }

    public IReadOnlyDictionary<string, long> Dimensions { get; }

    public PlanTotals Totals { get; }

    public IReadOnlyList<FlightCost> Flights => flights;

    public IReadOnlyList<PreparedCost> Prepared => prepared;

    public IReadOnlyList<TapeCost> Tape => tape;

    /// <summary>Evaluates a plan.</summary>
    /// <param name="declared">The program.</param>
    /// <param name="name">What it is called on the command line.</param>
    /// <param name="given">Sizes by dimension; those that the program does not have do not matter.</param>
    /// <exception cref="MPCacheException">A dimension is missing or too large, or two sizes do not fit each other.</exception>
    public static PlanCosts Of(ProgramInterface declared, string name, IReadOnlyDictionary<string, long> given)
    {
        string[] missing = [.. declared.Dimensions.Select(d => d.Name).Where(d => !given.ContainsKey(d))];
        if (missing.Length > 0)
        {
            throw new MPCacheException(
                $"the plan of {name} needs {(missing.Length == 1 ? "the dimension" : "the dimensions")} {string.Join(", ", missing)}",
                $"Add {string.Join(" ", missing.Select(d => $"--dim {d}=SIZE"))}, or take the model's from --model PATH");
        }

        foreach ((string dimension, long max) in declared.Dimensions)
        {
            if (given[dimension] > max)
            {
                throw new MPCacheException(
                    string.Create(CultureInfo.InvariantCulture, $"{dimension} is {given[dimension]}, {name} takes at most {max}"),
                    "Give a smaller size");
            }
        }

        Dictionary<string, long> dimensions = declared.Dimensions.ToDictionary(d => d.Name, d => given[d.Name]);
        PlanCosts costs = new(name, dimensions, declared.Plan.Evaluate(d => dimensions[d]));
        costs.Walk(declared.Plan.Nodes, [d => dimensions[d]]);
        return costs;
    }

    private void Walk(IReadOnlyList<PlanNode> nodes, IReadOnlyList<Func<string, long>> iterations)
    {
        long Sum(Expr bytes) => iterations.Sum(bytes.Evaluate);
        foreach (PlanNode node in nodes)
        {
            switch (node)
            {
                case FlightNode flight:
                    EntryCost[] entries = [.. flight.Entries.Select(
                        e => new EntryCost(e.Gate, e.Expression, Sum(e.ServerToClient), Sum(e.ClientToServer), e.Argument))];
                    flights.Add(new FlightCost(
                        flight.Id, iterations.Count, entries, Sum(flight.ServerToClient), Sum(flight.ClientToServer)));
                    break;
                case PreparedNode part:
                    prepared.Add(new PreparedCost(part.Gate, part.Expression, iterations.Count, Sum(part.Bytes)));
                    break;
                case TapeNode slot:
                    tape.Add(new TapeCost(slot.Slot, slot.Gate, slot.Expression, iterations.Count, Sum(slot.Bytes)));
                    break;
                case LoopNode loop:
                    Walk(loop.Body, [.. iterations.SelectMany(outside => Iterations(loop, outside))]);
                    break;
                case CheckNode check:
                    foreach (Func<string, long> at in iterations)
                    {
                        Check(check, check.Left.Evaluate(at), check.Right.Evaluate(at));
                    }

                    break;
            }
        }
    }

    private static IEnumerable<Func<string, long>> Iterations(LoopNode loop, Func<string, long> outside)
    {
        long high = loop.High.Evaluate(outside);
        for (long i = loop.Low.Evaluate(outside); i < high; i++)
        {
            long at = i;
            yield return name => name == loop.Index ? at : outside(name);
        }
    }

    private void Check(CheckNode check, long left, long right)
    {
        if (left != right)
        {
            throw new MPCacheException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{program}: {check.Left} is {left}, {check.Right} is {right}, but «{check.Expression}» needs them equal"),
                "Give sizes that fit each other");
        }
    }
}
