package replacement

// The types that have rules of their own beside the table.
const (
	ReplicationGroup = "AWS::ElastiCache::ReplicationGroup"
	ServerlessCache  = "AWS::ElastiCache::ServerlessCache"
	ParameterGroup   = "AWS::ElastiCache::ParameterGroup"
	SubnetGroup      = "AWS::ElastiCache::SubnetGroup"
	User             = "AWS::ElastiCache::User"
	UserGroup        = "AWS::ElastiCache::UserGroup"
	Secret           = "AWS::SecretsManager::Secret"
	Key              = "AWS::KMS::Key"
	LogGroup         = "AWS::Logs::LogGroup"
)
