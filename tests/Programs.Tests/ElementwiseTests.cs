using System;
using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class ElementwiseTests
{
    [Fact]
    public async Task Rows_columns_and_scalars_broadcast()
    {
        await using Trial trial = await Trial.StartAsync(Broadcasting.ApplyProgram);
        Draw draw = new(1);
        foreach ((int rows, int dim) in new[] { (1, 1), (3, 5), (64, 1), (1, 7), (0, 4) })
        {
            Tensor x = draw.Within(-8, 8, rows, dim);
            Tensor row = draw.Within(-8, 8, dim);
            Tensor column = draw.Within(-8, 8, rows, 1);
            Tensor scalar = draw.Within(-8, 8);
            (Tensor sum, Tensor difference, Tensor product, Tensor outer) = Broadcasting.Apply(x, row, column, scalar);
            await trial.AgreeAsync(
                [(sum, Party.Client, 1e-4), (difference, Party.Client, 1e-4), (product, Party.Client, 0.002), (outer, Party.Server, 5e-4)],
                side => Broadcasting.ApplyAsync(side.Session, side.Client(x), side.Server(row), side.Server(column), side.Client(scalar)));
        }
    }

    [Fact]
    public async Task Public_numbers_of_every_kind()
    {
        await using Trial trial = await Trial.StartAsync(PublicNumbers.ApplyProgram);
        Draw draw = new(2);
        foreach ((float factor, double summand) in new[] { (0f, 0.0), (2f, -100.0), (-2f, 100.0), (0.3f, 0.001), (-1.7f, -0.5) })
        {
            Tensor x = draw.Within(-8, 8, 33);
            (Tensor sums, Tensor halves, Tensor fractions, Tensor large, Tensor zero, Tensor parameters) =
                PublicNumbers.Apply(x, factor, summand);
            await trial.AgreeAsync(
                [
                    (sums, Party.Client, 1e-4), (halves, Party.Client, 1e-4), (fractions, Party.Client, 2e-4),
                    (large, Party.Client, 0.05),
                    (zero, Party.Client, 0), (parameters, Party.Client, 2e-4),
                ],
                side => PublicNumbers.ApplyAsync(side.Session, side.Client(x), factor, summand));
        }
    }

    [Fact]
    public async Task Public_divisors_of_every_kind()
    {
        await using Trial trial = await Trial.StartAsync(PublicDivisors.ApplyProgram);
        Draw draw = new(4);
        foreach ((float temperature, double count, float negative) in new[] { (1f, 1.0, -1f), (0.5f, 1000.0, -4f), (1.7f, 333.3, -0.25f) })
        {
            Tensor x = draw.Within(-8, 8, 33);
            (Tensor halved, Tensor whole, Tensor small, Tensor large, Tensor tempered, Tensor wide, Tensor negated) =
                PublicDivisors.Apply(x, temperature, count, negative);
            await trial.AgreeAsync(
                [
                    (halved, Party.Client, 1e-4), (whole, Party.Client, 2e-4), (small, Party.Client, new Bound(2e-3, 2e-5)),
                    (large, Party.Client, 1e-3), (tempered, Party.Client, 4e-3), (wide, Party.Client, (1e-3 / count) + 3e-5),
                    (negated, Party.Client, new Bound(1e-3, 2e-5)),
                ],
                side => PublicDivisors.ApplyAsync(side.Session, side.Client(x), temperature, count, negative));
        }
    }

    [Fact]
    public async Task Public_integers_divide_where_they_are_positive()
    {
        await using Trial trial = await Trial.StartAsync(PublicDivisors.ByIntegersProgram);
        Draw draw = new(5);
        foreach ((int n, int parts) in new[] { (1, 1), (33, 7), (64, 1000), (48, 3) })
        {
            Tensor x = draw.Within(-8, 8, n);
            (Tensor size, Tensor part, Tensor steps) = PublicDivisors.ByIntegers(x, parts);
            await trial.AgreeAsync(
                [(size, Party.Client, 1e-3), (part, Party.Client, 2e-4), (steps, Party.Client, 5e-4)],
                side => PublicDivisors.ByIntegersAsync(side.Session, side.Client(x), parts));
        }

        Tensor some = draw.Within(-8, 8, 4);
        Assert.All(
            await trial.FailAsync(side => PublicDivisors.ByIntegersAsync(side.Session, side.Client(some), 0)),
            e => Assert.Contains("x / (parts * n)", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Constant_tensors()
    {
        await using Trial trial = await Trial.StartAsync(ConstantTensors.ApplyProgram);
        Draw draw = new(3);
        foreach (int n in new[] { 1, 5, 64, 0 })
        {
            Tensor x = draw.Within(-8, 8, n, 2);
            (Tensor zeros, Tensor scalar, Tensor padded) = ConstantTensors.Apply(x);
            await trial.AgreeAsync([(zeros, Party.Client, 0), (scalar, Party.Client, 1e-4), (padded, Party.Server, 1e-4)],
                side => ConstantTensors.ApplyAsync(side.Session, side.Client(x)));
        }
    }
}
