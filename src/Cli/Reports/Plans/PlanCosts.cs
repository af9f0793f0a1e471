using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Cli.Reports.Plans;

/// <summary>What stands around flights: a loop, or a branch that the sizes take.</summary>
/// <param name="Number">They are numbered in program order: two loops may count the same index.</param>
/// <param name="Runs">How often what is inside runs in a call, all loops around it counted.</param>
internal abstract record RegionCost(int Number, int Runs);

/// <summary>A loop of a program, in numbers.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Index">What it counts.</param>
/// <param name="Low">Its first value, an expression.</param>
/// <param name="High">The value before which it ends, an expression.</param>
/// <param name="Runs">How often its body runs in a call.</param>
internal sealed record LoopCost(int Number, string Index, string Low, string High, int Runs) : RegionCost(Number, Runs);

/// <summary>The branch of a condition that the sizes take, in all iterations around it or in some.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Condition">What holds there.</param>
/// <param name="Runs">How often it is taken.</param>
/// <param name="Others">How often the other branch is.</param>
/// <param name="OtherFlights">Flights that the other branch has, each counted once.</param>
internal sealed record BranchCost(int Number, string Condition, int Runs, int Others, int OtherFlights) : RegionCost(Number, Runs);

/// <summary>What one opening, reveal or input adds to a call.</summary>
internal sealed record EntryCost(string Gate, string Expression, long ServerToClient, long ClientToServer, string Argument);

/// <summary>What a flight costs in a call, all iterations around it together; bytes include the messages' headers.</summary>
/// <param name="Id">Its number in the generated program.</param>
/// <param name="Runs">How often it flies.</param>
/// <param name="Around">The loops and branches around it, outermost first.</param>
/// <param name="Entries">What it carries.</param>
/// <param name="ServerToClient">Bytes from server to client.</param>
/// <param name="ClientToServer">Bytes from client to server.</param>
/// <param name="Slower">
/// Bytes of the direction that takes longer, summed over the runs: the directions do not share their bandwidth, and a flight is over when
/// both messages are there.
/// </param>
internal sealed record FlightCost(
    int Id, int Runs, IReadOnlyList<RegionCost> Around, IReadOnlyList<EntryCost> Entries, long ServerToClient, long ClientToServer,
    long Slower);

/// <summary>What a part of the client's prepared message takes in a call.</summary>
internal sealed record PreparedCost(string Gate, string Expression, int Runs, long Bytes);

/// <summary>What the corrections of a slot take on the tape in a call.</summary>
internal sealed record TapeCost(int Slot, string Gate, string Expression, int Runs, long Bytes);

/// <summary>A program's plan in numbers, for given dimensions.</summary>
/// <param name="Program">What the program is called on the command line.</param>
/// <param name="Dimensions">The sizes.</param>
/// <param name="Totals">The whole call.</param>
/// <param name="Flights">Its flights in program order; one in a loop stands once, with all its runs together.</param>
/// <param name="Prepared">The parts of the client's prepared message.</param>
/// <param name="Tape">The slots of the tape.</param>
internal sealed record PlanCosts(
    string Program, IReadOnlyDictionary<string, long> Dimensions, PlanTotals Totals, IReadOnlyList<FlightCost> Flights,
    IReadOnlyList<PreparedCost> Prepared, IReadOnlyList<TapeCost> Tape)
{
    /// <summary>The branches that the sizes take, those without flights among them; not kept in files.</summary>
    public IReadOnlyList<BranchCost> Branches { get; init; } = [];

    /// <summary>What the compiler chose where there was another way; not kept in files.</summary>
    public IReadOnlyList<ChoiceNode> Choices { get; init; } = [];

    /// <summary>Evaluates a plan.</summary>
    /// <param name="declared">The program.</param>
    /// <param name="name">What it is called on the command line.</param>
    /// <param name="given">Sizes by dimension; those that the program does not have do not matter.</param>
    /// <exception cref="MPCacheException">A dimension is missing or too large, or two sizes do not fit each other.</exception>
    public static PlanCosts Of(ProgramInterface declared, string name, IReadOnlyDictionary<string, long> given) =>
        Of(declared.Plan, declared.Dimensions, name, given);

    /// <summary>Evaluates a plan over dimensions that are declared with it.</summary>
    internal static PlanCosts Of(
        Plan plan, IReadOnlyList<ProgramDimension> declared, string name, IReadOnlyDictionary<string, long> given)
    {
        string[] missing = [.. declared.Select(d => d.Name).Where(d => !given.ContainsKey(d))];
        if (missing.Length > 0)
        {
            throw new MPCacheException(
                $"the plan of {name} needs {(missing.Length == 1 ? "the dimension" : "the dimensions")} {string.Join(", ", missing)}",
                $"Add {string.Join(" ", missing.Select(d => $"--dim {d}=SIZE"))}, or take the model's from --model PATH");
        }

        foreach ((string dimension, long max) in declared)
        {
            if (given[dimension] > max)
            {
                throw new MPCacheException(
                    FormattableString.Invariant($"{dimension} is {given[dimension]}, {name} takes at most {max}"), "Give a smaller size");
            }
        }

        Dictionary<string, long> dimensions = declared.ToDictionary(d => d.Name, d => given[d.Name]);
        Walk walk = new(name);
        walk.Visit(plan.Nodes, [], [d => dimensions[d]]);
        return new PlanCosts(
            name, dimensions, plan.Evaluate(d => dimensions[d]), walk.Flights, walk.Prepared, walk.Tape)
        {
            Branches = walk.Branches,
            Choices = [.. walk.Choices.Distinct()],
        };
    }

    /// <summary>Sums every node over the iterations of the loops around it.</summary>
    private sealed class Walk(string program)
    {
        private int regions;

        public List<FlightCost> Flights { get; } = [];

        public List<PreparedCost> Prepared { get; } = [];

        public List<TapeCost> Tape { get; } = [];

        public List<BranchCost> Branches { get; } = [];

        public List<ChoiceNode> Choices { get; } = [];

        public void Visit(IReadOnlyList<PlanNode> nodes, RegionCost[] around, IReadOnlyList<Func<string, long>> iterations)
        {
            long Sum(Expr bytes) => iterations.Sum(bytes.Evaluate);
            foreach (PlanNode node in nodes)
            {
                switch (node)
                {
                    case FlightNode flight:
                        EntryCost[] entries = [.. flight.Entries.Select(
                            e => new EntryCost(e.Gate, e.Expression, Sum(e.ServerToClient), Sum(e.ClientToServer), e.Argument))];
                        (Expr toClient, Expr toServer) = (flight.ServerToClient, flight.ClientToServer);
                        long slower = iterations.Sum(at => Math.Max(toClient.Evaluate(at), toServer.Evaluate(at)));
                        Flights.Add(new FlightCost(flight.Id, iterations.Count, around, entries, Sum(toClient), Sum(toServer), slower));
                        break;
                    case PreparedNode part:
                        Prepared.Add(new PreparedCost(part.Gate, part.Expression, iterations.Count, Sum(part.Bytes)));
                        break;
                    case TapeNode slot:
                        Tape.Add(new TapeCost(slot.Slot, slot.Gate, slot.Expression, iterations.Count, Sum(slot.Bytes)));
                        break;
                    case LoopNode loop:
                        Func<string, long>[] inside = [.. iterations.SelectMany(outside => Iterations(loop, outside))];
                        LoopCost cost = new(regions++, loop.Index, loop.Low.ToString(), loop.High.ToString(), inside.Length);
                        Visit(loop.Body, [.. around, cost], inside);
                        break;
                    case IfNode branches:
                        Func<string, long>[] holding = [.. iterations.Where(branches.Condition.Evaluate)];
                        Func<string, long>[] others = [.. iterations.Where(at => !branches.Condition.Evaluate(at))];
                        VisitTaken(branches.Condition, branches.Then, around, holding, branches.Otherwise, others.Length);
                        VisitTaken(branches.Condition.Negation, branches.Otherwise, around, others, branches.Then, holding.Length);
                        break;
                    case ChoiceNode choice:
                        Choices.Add(choice);
                        break;
                    case CheckNode check when iterations.Select(check.Violation).FirstOrDefault(v => v is not null) is string violation:
                        throw new MPCacheException($"{program}: {violation}", "Give sizes that fit each other");
                }
            }
        }

        /// <summary>A branch, if any iteration takes it: what the others cost is what happens.</summary>
        private void VisitTaken(
            Condition condition, IReadOnlyList<PlanNode> branch, RegionCost[] around, IReadOnlyList<Func<string, long>> iterations,
            IReadOnlyList<PlanNode> other, int others)
        {
            if (iterations.Count > 0)
            {
                BranchCost cost = new(regions++, condition.ToString(), iterations.Count, others, CountFlights(other));
                Branches.Add(cost);
                Visit(branch, [.. around, cost], iterations);
            }
        }

        private static int CountFlights(IReadOnlyList<PlanNode> nodes) => nodes.Sum(node => node switch
        {
            FlightNode => 1,
            LoopNode loop => CountFlights(loop.Body),
            IfNode branches => CountFlights(branches.Then) + CountFlights(branches.Otherwise),
            _ => 0,
        });

        private static IEnumerable<Func<string, long>> Iterations(LoopNode loop, Func<string, long> outside)
        {
            long high = loop.High.Evaluate(outside);
            for (long i = loop.Low.Evaluate(outside); i < high; i++)
            {
                long at = i;
                yield return name => name == loop.Index ? at : outside(name);
            }
        }
    }
}
