using System;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class ElementwiseTests
{
    private readonly Tensor _x = Reference.Random(1, 3, 4);

    [Fact]
    public void Functions_keep_the_shape()
    {
        Tensor positive = _x * _x + 0.01f;
        Equal([3, 4], i => Math.Pow(At(positive, i), -0.5), RSqrt(positive));
        Equal([3, 4], i => 1 / At(_x, i), Reciprocal(_x));
        Equal([3, 4], i => Math.Exp(At(_x, i)), Exp(_x));
        Equal([3, 4], i => Math.Max(0, At(_x, i)), Relu(_x), relative: 0);
        Equal([3, 4], i => At(_x, i) * Math.Exp(At(_x, i)) / (1 + Math.Exp(At(_x, i))), Silu(_x));
        Assert.Equal([0, 2], Exp(Tensor.Zeros(0, 2)).Shape.ToArray());
    }

    [Theory]
    [InlineData(-1000f, 0f)]
    [InlineData(-30f, -2.8072868906518e-12f)]
    [InlineData(0f, 0f)]
    [InlineData(1f, 0.7310585786300049f)]
    [InlineData(30f, 29.9999999999972f)]
    [InlineData(1e30f, 1e30f)]
    public void Silu_at_known_points(float x, float expected)
    {
        Equal([1], _ => expected, Silu(Tensor.From([x], 1)));
    }

    // x·Φ(x) from published values of the error function: erf(1/√2) = 0.6826894921370859, erfc(3) = 2.209049699858544e-5,
    // erfc(5) = 1.5374597944280349e-12, erfc(10) = 2.088487583762545e-45.
    [Theory]
    [InlineData(1.0, 0.8413447460685429)]
    [InlineData(-1.0, -0.15865525393145705)]
    [InlineData(4.242640687119285, 4.242593826275103)]
    [InlineData(-4.242640687119285, -4.242640687119285 * 1.1045248499292720e-5)]
    [InlineData(-7.0710678118654755, -7.0710678118654755 * 7.687298972140175e-13)]
    [InlineData(7.0710678118654755, 7.071067811860040)]
    [InlineData(0.0, 0.0)]
    [InlineData(-100.0, 0.0)]
    [InlineData(1e30, 1e30)]
    public void Gelu_at_known_points(double x, double expected)
    {
        // The argument is rounded to a float; in the tail the function is steep enough to show that.
        Equal([1], _ => expected, Gelu(Tensor.From([(float)x], 1)), relative: 4e-6);
    }

    [Fact]
    public void The_error_function_is_the_integral_of_the_bell_curve()
    {
        // Simpson's rule on [x, x + 12] of 2/√π·e^(−t²), for arguments on both sides of the change of formula.
        foreach (double x in new[] { 0, 1e-9, 0.1, 0.5, 1, 2, 2.5, 2.999, 3, 3.001, 4, 6 })
        {
            const int Steps = 20000;
            double width = 12.0 / Steps;
            double sum = 0;
            for (int i = 0; i <= Steps; i++)
            {
                double t = x + i * width;
                sum += Math.Exp(-t * t) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
            }

            double expected = sum * width / 3 * 2 / Math.Sqrt(Math.PI);
            Assert.Equal(1, ErrorFunction.Complement(x) / expected, 1e-10);
            Assert.Equal(2 - expected, ErrorFunction.Complement(-x), 1e-12);
        }

        Assert.Equal(0, ErrorFunction.Complement(double.PositiveInfinity));
        Assert.Equal(2, ErrorFunction.Complement(double.NegativeInfinity));
        Assert.True(double.IsNaN(ErrorFunction.Complement(double.NaN)));
    }

    [Fact]
    public void Gelu_matches_its_definition_between_the_known_points()
    {
        for (float x = -6; x <= 6; x += 0.37f)
        {
            const int Steps = 4000;
            double width = x / (double)Steps;
            double sum = 0;
            for (int i = 0; i <= Steps; i++)
            {
                double t = i * width;
                sum += Math.Exp(-t * t / 2) * (i is 0 or Steps ? 1 : i % 2 == 1 ? 4 : 2);
            }

            double expected = x * (0.5 + sum * width / 3 / Math.Sqrt(2 * Math.PI));
            Assert.Equal(expected, Gelu(Tensor.Scalar(x)).Values[0], 1e-6 * Math.Max(1e-2, Math.Abs(expected)));
        }
    }

    [Theory]
    [InlineData("RSqrt", 0f)]
    [InlineData("RSqrt", -0.25f)]
    [InlineData("RSqrt", float.NaN)]
    [InlineData("Reciprocal", 0f)]
    [InlineData("Reciprocal", 1e-40f)]
    [InlineData("Exp", 89f)]
    [InlineData("Exp", float.NaN)]
    [InlineData("Silu", float.NegativeInfinity)]
    [InlineData("Gelu", float.NaN)]
    public void A_result_that_is_not_finite_names_its_place(string operation, float value)
    {
        Tensor x = Tensor.From([1, 1, 1, 1, value, 1], 2, 3);
        MPCacheException error = Assert.Throws<MPCacheException>(() => operation switch
        {
            "RSqrt" => RSqrt(x),
            "Reciprocal" => Reciprocal(x),
            "Exp" => Exp(x),
            "Silu" => Silu(x),
            _ => Gelu(x),
        });
        Assert.StartsWith(operation, error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 1]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Extreme_arguments_with_finite_results_pass()
    {
        Assert.Equal(0f, Exp(Tensor.Scalar(-1e30f)).Values[0]);
        Equal([], _ => Math.Exp(88), Exp(Tensor.Scalar(88)));
        Equal([], _ => 1 / Math.Sqrt((double)float.Epsilon), RSqrt(Tensor.Scalar(float.Epsilon)));
        Equal([], _ => 1 / (double)float.MaxValue, Reciprocal(Tensor.Scalar(float.MaxValue)), relative: 1e-5);
    }
}
