using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CsCheck;
using MPCache.Generator.Ir;
using MPCache.Generator.Scheduling;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Messages move out from behind loops where a flight is there for them anyway, and nothing else moves.</summary>
public sealed class HoistTests
{
    [Fact]
    public void A_message_joins_a_flight_before_the_loop_with_the_local_work_that_makes_it() => Becomes(
        """
        1 input
        2 open 1
        3 for 2 (4) {
          5 open 4
        } 5
        6 local.neg 1
        7 open 6
        8 open 3 7
        """,
        """
        1 input
        2 open 1
        6 local.neg 1
        7 open 6
        3 for 2 (4) {
          5 open 4
        } 5
        8 open 3 7
        """);

    [Fact]
    public void A_message_behind_branches_joins_a_flight_before_them() => Becomes(
        """
        1 input
        2 open 1
        3 if {
          4 open 2
          5 open 4
        } 5 else {
          6 local.neg 2
        } 6
        7 open 1
        8 open 3 7
        """,
        """
        1 input
        2 open 1
        7 open 1
        3 if {
          4 open 2
          5 open 4
        } 5 else {
          6 local.neg 2
        } 6
        8 open 3 7
        """);

    [Fact]
    public void A_message_for_which_there_is_no_flight_stays() => Becomes(
        """
        1 input
        2 for 1 (3) {
          4 open 3
        } 4
        5 open 1
        """);

    [Fact]
    public void Of_a_chain_of_messages_as_many_move_as_there_are_flights() => Becomes(
        """
        1 input
        2 open 1
        3 for 2 (4) {
          5 open 4
        } 5
        6 open 1
        7 open 6
        8 open 7
        """,
        """
        1 input
        2 open 1
        6 open 1
        3 for 2 (4) {
          5 open 4
        } 5
        7 open 6
        8 open 7
        """);

    [Fact]
    public void What_is_read_of_a_state_that_nothing_writes_moves() => Becomes(
        """
        1 input
        2 open 1
        3 for 2 (4) {
          5 open 4
        } 5
        6 state.order
        7 open 6
        8 open 3 7
        """,
        """
        1 input
        2 open 1
        6 state.order
        7 open 6
        3 for 2 (4) {
          5 open 4
        } 5
        8 open 3 7
        """);

    [Fact]
    public void What_is_read_of_a_state_that_a_loop_writes_stays() => Becomes(
        """
        1 input
        2 open 1
        3 for 2 (4) {
          5 open 4
          6 state.append 1
        } 5
        7 state.read
        8 open 7
        """);

    [Fact]
    public void States_that_are_written_and_reveals_stay_and_so_does_what_is_made_of_them() => Becomes(
        """
        1 input
        2 open 1
        3 for 2 (4) {
          5 open 4
        } 5
        6 state.read
        7 open 6
        8 state.append 1
        9 open 8
        10 reveal 1
        """);

    [Fact]
    public void What_depends_on_the_loop_stays() => Becomes(
        """
        1 input
        2 open 1
        3 for 2 (4) {
          5 open 4
        } 5
        6 local.add 3 1
        7 open 6
        """);

    [Fact]
    public void Local_work_alone_does_not_move() => Becomes(
        """
        1 input
        2 for 1 (3) {
          4 open 3
        } 4
        5 local.neg 1
        6 local.add 5 2
        """);

    [Fact]
    public void A_message_passes_several_loops_and_loops_inside_loops_are_stretches_too() => Becomes(
        """
        1 input
        2 open 1
        3 for 2 (4) {
          5 open 4
          6 for 5 (7) {
            8 open 7
          } 8
          9 open 4
        } 9
        10 for 3 (11) {
          12 open 11
        } 12
        13 open 1
        """,
        """
        1 input
        2 open 1
        13 open 1
        3 for 2 (4) {
          5 open 4
          9 open 4
          6 for 5 (7) {
            8 open 7
          } 8
        } 9
        10 for 3 (11) {
          12 open 11
        } 12
        """);

    /// <summary>Whatever the protocol: the same operations, in an order that works, in no more flights anywhere.</summary>
    [Fact]
    public void Dependencies_are_kept_and_flights_never_grow() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        Function before = Random(new Random(seed));
        Function after = Hoist.Apply(before);
        ScheduleVerifier.Verify(after, Schedule.Apply(after));
        Same(before.Body, after.Body, []);
        Assert.Equal(SmallProtocol.Print(after), SmallProtocol.Print(Hoist.Apply(after)));
    }, iter: 3000);

    private static void Becomes(string before, string? after = null) => Assert.Equal(
        (after ?? before) + "\n", SmallProtocol.Print(Hoist.Apply(SmallProtocol.Parse(before))));

    private static void Same(Block before, Block after, ImmutableHashSet<int> around)
    {
        Assert.Equal(before.Ops.Select(o => o.Result.Id).Order(), after.Ops.Select(o => o.Result.Id).Order());
        HashSet<int> defined = [.. around, .. before.Parameters.Select(p => p.Id)];
        foreach (Op op in after.Ops)
        {
            Assert.All(op.Operands, o => Assert.Contains(o, defined));
            defined.Add(op.Result.Id);
        }

        bool written = before.Walk().Any(StateWrites.IsWrite);
        IEnumerable<int> Fixed(Block b) => b.Ops.Where(o => Stays(o, written)).Select(o => o.Result.Id);
        Assert.Equal(Fixed(before), Fixed(after));
        List<int> flightsBefore = Flights(before);
        List<int> flightsAfter = Flights(after);
        Assert.Equal(flightsBefore.Count, flightsAfter.Count);
        Assert.All(flightsBefore.Zip(flightsAfter), f => Assert.True(f.Second <= f.First, $"{f.First} flights became {f.Second}"));
        ImmutableHashSet<int> known = [.. defined];
        foreach ((Op source, Op moved) in before.Ops.Where(o => o.Body is not null).Zip(after.Ops.Where(o => o.Body is not null)))
        {
            IEnumerable<Op> behind = after.Ops.SkipWhile(o => o.Result.Id != moved.Result.Id);
            foreach ((Block inside, Block placed) in source.Blocks.Zip(moved.Blocks))
            {
                Same(inside, placed, known.Except(behind.Select(o => o.Result.Id)));
            }
        }
    }

    private static bool Stays(Op op, bool written) =>
        op.Body is not null || op.Kind is "reveal" or "state.append" || (op.Kind == "state.read" && written);

    /// <summary>Flights of each stretch between loops.</summary>
    private static List<int> Flights(Block block)
    {
        List<int> flights = [0];
        foreach (Op op in Schedule.Apply(new Function("F", Attributes.None, [], block, [])).Body.Ops)
        {
            if (op.Body is not null)
            {
                flights.Add(0);
            }
            else if (op.Kind == "flight")
            {
                flights[^1]++;
            }
        }

        return flights;
    }

    private static Function Random(Random random)
    {
        int next = 1;
        Op first = SmallProtocol.Op("input", 0);
        Block body = Fill([], [first], [0], 0);
        return new Function("F", Attributes.None, [], body, []);

        Block Fill(ImmutableArray<Value> parameters, List<Op> ops, List<int> known, int depth)
        {
            int count = random.Next(2, 12);
            for (int i = 0; i < count; i++)
            {
                int kind = random.Next(10);
                if (kind == 0 && depth < 2)
                {
                    Block then = Fill([], [], [.. known], depth + 1);
                    Block otherwise = Fill([], [], [.. known], depth + 1);
                    ops.Add(SmallProtocol.If(next, then, otherwise));
                }
                else if (kind == 1 && depth < 2)
                {
                    int carried = next++;
                    Block inside = Fill([SmallProtocol.Value(carried)], [], [.. known, carried], depth + 1);
                    ops.Add(SmallProtocol.For(next, known[random.Next(known.Count)], inside));
                }
                else
                {
                    string name = kind switch
                    {
                        < 6 => "open",
                        < 8 => "local.add",
                        8 => "state.append",
                        _ => depth == 0 ? "reveal" : "state.read",
                    };
                    int[] operands = [.. Enumerable.Range(0, name == "local.add" ? 2 : 1).Select(_ => known[random.Next(known.Count)])];
                    ops.Add(SmallProtocol.Op(name, next, operands));
                }

                known.Add(next++);
            }

            return new Block(parameters, [.. ops], depth == 0 ? [] : [known[^1]]);
        }
    }
}
