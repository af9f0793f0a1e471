namespace MPCache.Bench.Reports;

/// <summary>A line of a report: an object of JSON whose first member says what it is.</summary>
internal interface IReportLine
{
    /// <summary>What the line is: machine, kernel, gate, or what a line of costs was measured of, such as attention.</summary>
    string Kind { get; }
}
