/** What an empty editor starts with: one person from every subgraph. */
export const example = `# One person, three subgraphs. Run: Ctrl-Enter.
#
# A field your token may not see comes back
# null; its error names the scope it needs.
query Me {
  me {
    # employee
    displayName
    jobTitle
    manager {
      displayName
    }
    # payroll
    compensation {
      base {
        decimal
        currency
      }
    }
    # leave
    leaveBalances {
      leaveType {
        name
      }
      available
    }
  }
}
`;
