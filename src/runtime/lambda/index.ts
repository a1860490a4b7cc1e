/** What the generated entry point of a Lambda function imports. */
export type {
  SqsBatchResponse,
  SqsEvent,
  SqsRecord,
  SqsRecordAttribute,
} from '../providers/sqs/lambda/event.ts'
export {
  createLambdaHandler,
  type LambdaContext,
  type LambdaDefinition,
  type LambdaHandler,
} from './lambda-handler.ts'
