using System.Threading.Tasks;
using MPCache.Execution;

namespace MPCache.Conformance.Harness;

/// <summary>A few gates in a row, written once for all roles as generated code would be.</summary>
public abstract class GateProgram
{
    /// <summary>Runs the role's part.</summary>
    public abstract ValueTask RunAsync<TRole>(Stage stage)
        where TRole : IRole;
}
