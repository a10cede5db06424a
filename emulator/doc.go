// Package emulator deploys the stacks to an emulator of AWS on this machine: MiniStack, which creates, updates and deletes
// them through CloudFormation's API as the CDK CLI asks for it.
//
// It shows that the templates resolve and in which order, what an update changes in place, and what stays after a
// deletion, as far as the emulator knows AWS. What it does not know stands in [Differences].
package emulator
