using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class ProductTests
{
    [Fact]
    public async Task A_matrix_product_of_both_parties_inputs()
    {
        await using Trial trial = await Trial.StartAsync(MatrixProduct.MultiplyProgram);
        Draw draw = new(1);
        foreach ((int rows, int inner, int columns) in
            new[] { (1, 1, 1), (3, 5, 7), (2, 64, 1), (1, 64, 64), (0, 3, 2), (2, 0, 3), (64, 1, 5) })
        {
            Tensor left = draw.Within(-4, 4, rows, inner);
            Tensor right = draw.Within(-4, 4, inner, columns);
            await trial.AgreeAsync(MatrixProduct.Multiply(left, right), 0.0001 * (inner + 1),
                side => MatrixProduct.MultiplyAsync(side.Session, side.Server(left), side.Client(right)));
        }
    }

    [Fact]
    public async Task Batches_transposes_and_a_factor_used_twice()
    {
        await using Trial trial = await Trial.StartAsync(BatchedProduct.MultiplyProgram);
        Draw draw = new(2);
        foreach ((int batch, int rows, int inner) in new[] { (1, 1, 1), (3, 2, 5), (2, 7, 3), (0, 2, 2) })
        {
            Tensor left = draw.Within(-2, 2, batch, 2, rows, inner);
            Tensor right = draw.Within(-2, 2, batch, 2, rows, inner);
            (Tensor product, Tensor gram) = BatchedProduct.Multiply(left, right);
            await trial.AgreeAsync([(product, Party.Client, 0.001), (gram, Party.Server, 0.001)],
                side => BatchedProduct.MultiplyAsync(side.Session, side.Client(left), side.Server(right)));
        }
    }

    [Fact]
    public async Task Factors_whose_heads_stand_side_by_side()
    {
        await using Trial trial = await Trial.StartAsync(InterleavedProduct.MultiplyProgram);
        Draw draw = new(5);
        foreach ((int heads, int rows, int tokens, int dim) in
            new[] { (1, 1, 1, 1), (3, 2, 5, 8), (2, 3, 9, 12), (4, 1, 600, 64), (2, 9, 33, 20), (0, 2, 2, 2), (2, 0, 3, 1), (2, 1, 0, 3) })
        {
            Tensor queries = draw.Within(-2, 2, heads, rows, dim);
            Tensor weights = draw.Within(-1, 1, heads, rows, tokens);
            Tensor cache = draw.Within(-2, 2, tokens, heads, dim);
            (Tensor scores, Tensor mixed) = InterleavedProduct.Multiply(queries, weights, cache);
            await trial.AgreeAsync(
                [(scores, Party.Client, 0.0001 * (dim + 1)), (mixed, Party.Server, 0.0001 * (tokens + 1))],
                side => InterleavedProduct.MultiplyAsync(side.Session, side.Client(queries), side.Client(weights), side.Server(cache)));
        }
    }

    [Fact]
    public async Task A_linear_layer_with_weights_of_the_call()
    {
        await using Trial trial = await Trial.StartAsync(SecretLinear.ApplyProgram);
        Draw draw = new(3);
        foreach ((int rows, int inputs, int outputs) in new[] { (1, 1, 1), (3, 5, 7), (2, 64, 3) })
        {
            Tensor x = draw.Within(-4, 4, 2, rows, inputs);
            Tensor row = draw.Within(-4, 4, inputs);
            Tensor weight = draw.Within(-1, 1, outputs, inputs);
            (Tensor many, Tensor one) = SecretLinear.Apply(x, row, weight);
            await trial.AgreeAsync([(many, Party.Client, 0.005), (one, Party.Client, 0.005)],
                side => SecretLinear.ApplyAsync(side.Session, side.Client(x), side.Client(row), side.Server(weight)));
        }
    }

    [Fact]
    public async Task Dot_products_cost_a_value_a_row()
    {
        await using Trial trial = await Trial.StartAsync(Dots.ApplyProgram);
        Draw draw = new(4);
        foreach ((int rows, int dim) in new[] { (1, 1), (5, 3), (2, 64) })
        {
            Tensor x = draw.Within(-4, 4, rows, dim);
            Tensor y = draw.Within(-4, 4, rows, dim);
            (Tensor sum, Tensor mean, Tensor squares, Tensor twice) = Dots.Apply(x, y);
            await trial.AgreeAsync(
                [(sum, Party.Client, 0.02), (mean, Party.Server, 0.002), (squares, Party.Client, 0.002), (twice, Party.Client, 0.02)],
                side => Dots.ApplyAsync(side.Session, side.Client(x), side.Server(y)));
        }
    }
}
