using System.Linq;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>The schema classes beside weights and state classes.</summary>
public class SchemaTests
{
    [Fact]
    public async Task Schemas_list_fields_in_the_order_of_their_declaration()
    {
        GeneratorRunResult result = Programs.Run(
            Programs.Compile("""
                namespace Sample.@event
                {
                    [Resident(Party.Client)]
                    public sealed partial record Weights(
                        int Layers, [property: Shape("layers, 2*half"), Range(-0.5, 2)] Tensor Query, int @class, string Name, float Epsilon)
                    {
                        [Shape(""), Range(-1e-7, 1e20)]
                        public Tensor Norm => Tensor.Scalar(1);

                        internal int KeyGroups => 2;

                        private Tensor Hidden => Norm;
                    }

                    public class Outer
                    {
                        [State(Grows = "rows", FractionBits = 12, RingBits = 40)]
                        internal class Cache
                        {
                            [Shape("layers, rows, dim"), Range(-8, 8)]
                            public Tensor[] Keys { get; } = [];

                            [Shape("rows"), Range(0, 1)]
                            public Tensor Seen { get; set; } = Tensor.Zeros(0);
                        }
                    }
                }

                [State]
                public class Empty
                {
                }
                """),
            out _);
        Assert.Empty(result.Diagnostics);
        Assert.Equal(
            ["EmptySchema.g.cs", "Sample.event.Outer.CacheSchema.g.cs", "Sample.event.WeightsSchema.g.cs"],
            result.GeneratedSources.Select(s => s.HintName).Order(System.StringComparer.Ordinal));
        string sources = string.Join("\n", result.GeneratedSources.Select(s => $"// {s.HintName}\n{s.SourceText}"));
        await Verifier.Verify(sources).UseDirectory("FrontEnd");
    }
}
