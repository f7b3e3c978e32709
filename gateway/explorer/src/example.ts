/** What an empty editor starts with: one person from every subgraph. */
export const example = `# Run with Ctrl-Enter (⌘-Enter on a Mac).
#
# One person, three subgraphs. A field your token may not see comes back
# null, with an error that names the scope it needs.
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
